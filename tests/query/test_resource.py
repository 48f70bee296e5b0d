"""Documents: the dataset looked up by subject, and what is said of one thing."""

from collections import Counter
from pathlib import Path

import pyoxigraph as px
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import StoreError
from kg.query import resource
from kg.query.resource import document, incoming, triples
from kg.release.nquads import Dataset, load
from kg.release.reader import Release
from kg.stores.embedded import open_store

BASE = "https://icc-campaign.example.org/"


def test_every_subject_is_found_with_all_its_lines(release: Release) -> None:
    dataset = Dataset(release.dataset)
    subjects = Counter(str(quad.subject.value) for quad in load(release.dataset))  # type: ignore[union-attr]
    assert {iri: len(dataset.about(iri)) for iri in subjects} == subjects


SLUGS = st.from_regex(r"[ab/é]{1,3}(#[ab]{0,2})?", fullmatch=True)


@given(st.sets(SLUGS, min_size=1, max_size=30), SLUGS)
def test_look_ups_are_those_of_a_scan(tmp_path_factory: pytest.TempPathFactory, names: set[str], wanted: str) -> None:
    path = tmp_path_factory.mktemp("d") / "dataset.nq"
    quads = [px.Quad(px.NamedNode(f"http://x/{n}"), px.NamedNode("http://p"), px.Literal(n)) for n in names]
    lines = sorted((px.serialize(quads, format=px.RdfFormat.N_QUADS) or b"").splitlines())
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    dataset = Dataset(path)
    assert len(dataset.about(f"http://x/{wanted}")) == (wanted in names)
    inside = [n for n in names if n.startswith(f"{wanted}#")]
    assert len(dataset.within(f"http://x/{wanted}")) == len(inside)


def test_literals_are_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "dataset.nq"
    line = '<http://x/a> <http://x/p> "007"^^<http://www.w3.org/2001/XMLSchema#integer> .\n'
    path.write_text(line, encoding="utf-8")
    assert [quad.object.value for quad in Dataset(path).about("http://x/a")] == ["007"]  # type: ignore[union-attr]


def test_what_points_at_a_hub_is_left_to_queries(release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(release)
    assert len(incoming(store, f"{BASE}id/coalition")) > 50
    monkeypatch.setattr(resource, "MAX_INCOMING", 50)
    assert incoming(store, f"{BASE}id/coalition") == []


def test_formats_without_graphs_get_the_statements_alone(release: Release) -> None:
    dataset, store = Dataset(release.dataset), open_store(release)
    found = document(dataset, store, BASE, f"{BASE}id/kofi-annan")
    assert any("wasQuotedFrom" in str(quad) for quad in found)
    assert not any("wasQuotedFrom" in str(triple) for triple in triples(found))
    assert document(dataset, store, BASE, f"{BASE}id/nobody") == []


def test_a_dataset_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"dataset\.nq"):
        Dataset(tmp_path / "dataset.nq")
