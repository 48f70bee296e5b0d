"""Evidence for formats without graphs."""

from typing import Any

import pyoxigraph as px

from kg.rdf.iris import fact, graph
from kg.rdf.reify import rdf12, reified
from kg.rdf.terms import DCTERMS, RDF, Quad, text_of
from kg.release.nquads import load
from kg.release.reader import Release

Evidence = set[tuple[str, str]]


def base(release: Release) -> str:
    return str(release.manifest["base"])


def from_graphs(quads: list[Quad], iri: str) -> Evidence:
    """(fact, triple) by the named graphs."""
    return {(text_of(q.graph_name), str(q.triple)) for q in quads if text_of(q.graph_name).startswith(fact(iri, ""))}


def from_statements(triples: set[px.Triple]) -> Evidence:
    """(fact, triple) by rdf:Statement nodes."""
    found: Evidence = set()
    parts: dict[str, dict[str, Any]] = {}
    for triple in triples:
        parts.setdefault(text_of(triple.subject), {})[triple.predicate.value] = triple.object
    for node in parts.values():
        if RDF + "subject" in node:
            triple = px.Triple(node[RDF + "subject"], node[RDF + "predicate"], node[RDF + "object"])
            found.add((text_of(node[DCTERMS + "isPartOf"]), str(triple)))
    return found


def from_reifiers(triples: set[px.Triple]) -> Evidence:
    """(fact, triple) by RDF 1.2 reifiers."""
    return {(text_of(t.subject), str(t.object)) for t in triples if isinstance(t.object, px.Triple)}


def test_the_three_forms_of_evidence_say_the_same(release: Release) -> None:
    quads = load(release.dataset)
    in_graphs = from_graphs(quads, base(release))
    statements, reifiers = set(reified(quads, base(release))), set(rdf12(quads, base(release)))
    assert len(in_graphs) > 1000
    assert in_graphs == from_statements(statements) == from_reifiers(reifiers)
    provenance = {q.triple for q in quads if text_of(q.graph_name) == graph(base(release), "provenance")}
    assert provenance
    assert provenance <= statements
    assert provenance <= reifiers
