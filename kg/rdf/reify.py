"""Reify: the evidence of facts in formats without named graphs."""

import hashlib
from collections.abc import Iterable, Iterator

import pyoxigraph as px

from kg.rdf import iris
from kg.rdf.terms import DCTERMS, RDF, TYPE, Quad, Term, Triple, link, text_of

_REIFIES = px.NamedNode(RDF + "reifies")


def reified(quads: Iterable[Quad], base: str) -> Iterator[Triple]:
    """Evidence for formats without graphs (RDF Schema 1.1, 5.3.2): a rdf:Statement for each fact's statement.

    A statement's IRI is the fact's with a hash of the triple behind "#"; `dcterms:isPartOf` leads to the fact, of
    which the provenance triples speak.
    """
    for quad in quads:
        graph = text_of(quad.graph_name)
        if iris.is_fact(base, graph):
            digest = hashlib.sha256(str(quad.triple).encode()).hexdigest()[:16]
            statement = iris.statement(graph, digest)
            yield link(statement, TYPE.value, RDF + "Statement")
            parts: tuple[Term, ...] = (quad.subject, quad.predicate, quad.object)
            for name, part in zip(("subject", "predicate", "object"), parts, strict=True):
                yield Triple(px.NamedNode(statement), px.NamedNode(RDF + name), part)
            yield link(statement, DCTERMS + "isPartOf", graph)
        elif graph == iris.graph(base, "provenance"):
            yield quad.triple


def rdf12(quads: Iterable[Quad], base: str) -> Iterator[Triple]:
    """Evidence as RDF 1.2 (1.2 Concepts, 3.2): each fact reifies its statements as triple terms."""
    for quad in quads:
        graph = text_of(quad.graph_name)
        if iris.is_fact(base, graph):
            yield Triple(px.NamedNode(graph), _REIFIES, quad.triple)
        elif graph == iris.graph(base, "provenance"):
            yield quad.triple


REIFIED = {"reified": reified, "rdf12": rdf12}
