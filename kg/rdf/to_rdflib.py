"""To rdflib: quads and terms as rdflib's, for pySHACL and for notebooks.

Literals keep the form they are written in ("007"^^xsd:integer stays so), which rdflib's own parsers change.
"""

from collections.abc import Iterable

import pyoxigraph as px
import rdflib.plugins.sparql

from kg.errors import QueryError
from kg.rdf.terms import Quad, Term


def to_dataset(quads: Iterable[Quad]) -> rdflib.Dataset:
    """The quads as an rdflib.Dataset."""
    rdflib.plugins.sparql.SPARQL_LOAD_GRAPHS = False
    dataset = rdflib.Dataset()
    for quad in quads:
        name = quad.graph_name
        home = dataset.default_graph if isinstance(name, px.DefaultGraph) else dataset.graph(rdflib.URIRef(name.value))
        home.add((to_rdflib(quad.subject), to_rdflib(quad.predicate), to_rdflib(quad.object)))
    return dataset


def to_graph(triples: Iterable[Quad | px.Triple]) -> rdflib.Graph:
    """The triples, or the triples of the quads, as one rdflib.Graph."""
    graph = rdflib.Graph(bind_namespaces="none")
    known: dict[Term, rdflib.term.Node] = {}  # most terms stand in many triples

    def known_term(term: Term) -> rdflib.term.Node:
        if term not in known:
            known[term] = to_rdflib(term)
        return known[term]

    for triple in triples:
        graph.add((known_term(triple.subject), known_term(triple.predicate), known_term(triple.object)))
    return graph


def to_rdflib(term: Term) -> rdflib.term.Node:
    """The term as rdflib's; triple terms have no counterpart there and raise QueryError."""
    if isinstance(term, px.NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, px.BlankNode):
        return rdflib.BNode(term.value)
    if isinstance(term, px.Literal):
        if term.language:
            return rdflib.Literal(term.value, lang=term.language)
        datatype = None if term.datatype.value == str(rdflib.XSD.string) else rdflib.URIRef(term.datatype.value)
        return rdflib.Literal(term.value, datatype=datatype, normalize=False)
    raise QueryError(f"{term}: rdflib cannot hold RDF 1.2 triple terms; convert the file to RDF 1.1 first")


def from_rdflib(term: rdflib.term.Node) -> Term:
    """The term of rdflib as pyoxigraph's."""
    if isinstance(term, rdflib.Literal):
        if term.language:
            return px.Literal(str(term), language=term.language)
        return px.Literal(str(term), datatype=px.NamedNode(str(term.datatype or rdflib.XSD.string)))
    return px.BlankNode(str(term)) if isinstance(term, rdflib.BNode) else px.NamedNode(str(term))
