"""Documents: what a release says, written in the formats of RDF."""

from functools import partial
from pathlib import Path

import pytest

from kg.query import documents
from kg.query.opened import Opened
from kg.rdf import iris
from kg.rdf.serialize import write_each
from kg.release.nquads import in_graph, parsed, portions

KINDS = ("turtle", "jsonld", "ntriples", "rdfxml")


@pytest.mark.long
@pytest.mark.parametrize("size", [7, 20_000])
@pytest.mark.parametrize("name", ["inferred", "provenance", "ontology"])
def test_a_graph_in_portions_is_the_graph_at_once(
    campaign: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, size: int
) -> None:
    monkeypatch.setattr(documents, "portions", partial(portions, size=size))
    opened = Opened(campaign / "build")
    found = documents.write_named_graph(opened, name, KINDS, tmp_path)
    triples = [q.triple for q in parsed(in_graph(opened.release.dataset, iris.graph(opened.base, name)))]
    whole = write_each(triples, KINDS, opened.prefixes, opened.context)
    assert len(triples) > 100
    assert {kind: path.read_bytes() for kind, path in found.items()} == whole
