"""The reasons for statements, in the order that people read them in."""

import re
from pathlib import Path

import pytest

from kg.errors import QueryError
from kg.query.why import because, find_reasons
from kg.rdf import iris
from kg.rdf.terms import TYPE
from kg.release.nquads import Dataset
from kg.release.reader import Release
from kg.stores.embedded import open_store


def test_types_come_first(tmp_path: Path) -> None:
    """Before properties whose IRIs come before that of rdf:type too."""
    triples = (f"<http://x/id/a> <http://a/{name}> <http://x/o>" for name in "pq")
    lines = [f"<http://x/id/a> {TYPE} <http://x/T>", *triples]
    quads = [f"{line}{graph} ." for line in lines for graph in ("", " <http://x/fact/1>")]
    (tmp_path / "dataset.nq").write_text("\n".join([*sorted(quads), ""]), encoding="utf-8")
    dataset = Dataset(tmp_path / "dataset.nq")
    found = because(dataset, "http://x/", dataset.about("http://x/id/a"))
    assert [iris.local(reason.statement.predicate.value) for reason in found] == ["type", "p", "q"]


def test_each_fact_is_a_reason_of_its_own_and_what_follows_says_so(release: Release) -> None:
    base = release.manifest["base"]
    dataset = Dataset(release.dataset)
    found = because(dataset, base, dataset.about(iris.entity(base, "kofi-annan")))
    assert {reason.basis for reason in found} >= {"stated", "reference", "build"}
    assert all(reason.words for reason in found if reason.basis == "stated")
    assert all(not reason.fact for reason in found if reason.basis == "build")


def said(release: Release, *asked: str) -> set[tuple[str, str, str]]:
    """The statements that are found, by the ends of their IRIs."""
    found = find_reasons(release, open_store(release), *asked)
    parts = ((r.statement.subject, r.statement.predicate, r.statement.object) for r in found)
    return {tuple(re.split("[/#]", getattr(part, "value", str(part)))[-1] for part in one) for one in parts}  # type: ignore[misc]


def test_what_others_say_of_a_thing_is_found_too(release: Release) -> None:
    assert said(release, "mexico", "state") == {("mexico-ratification", "state", "mexico")}
    assert said(release, "mexico", "state", "mexico-ratification") == said(release, "mexico", "state")
    assert ("coalition", "founder", "founding-ngos") in said(release, "founding-ngos")


def test_the_statements_of_a_passage_are_found(release: Release) -> None:
    """By its whole IRI or from the source's id on."""
    (reason, *_) = find_reasons(release, open_store(release), "coalition-members-450", "value")
    (words,) = reason.words
    short = words.passage.removeprefix(f"{release.manifest['base']}source/")
    found = said(release, short)
    assert ("coalition-members-450", "value", "450") in found
    assert found == said(release, words.passage)
    with pytest.raises(QueryError, match="no fact quotes the passage"):
        said(release, f"{short.partition('=')[0]}=1,2")


def test_where_nothing_is_said_so_what_is_said_is_listed(release: Release) -> None:
    with pytest.raises(QueryError, match=r"no statement date; it has alpha2, .*type; it is named as state by others"):
        said(release, "mexico", "date")
