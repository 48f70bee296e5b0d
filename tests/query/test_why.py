"""The reasons for statements, in the order that people read them in."""

from pathlib import Path

from kg.query.why import because
from kg.rdf import iris
from kg.rdf.terms import TYPE
from kg.release.nquads import Dataset
from kg.release.reader import Release


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
