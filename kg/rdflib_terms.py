"""rdflib's side of the house: the release as an rdflib.Dataset, for notebooks and for pySHACL.

Literals keep the form they are written in ("007"^^xsd:integer stays so), which rdflib's own parsers change.
"""

from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as px
import rdflib
import rdflib.plugins.sparql

from kg.errors import QueryError
from kg.project import find_root
from kg.rdf import Quad, Term, load, read
from kg.store import current


def graph(path: str | Path = ".") -> rdflib.Dataset:
    """The graph of a project's current release, or of an RDF file, as an rdflib.Dataset.

    Its default graph holds every statement, its named graphs the facts and their provenance. SPARQL on it loads
    nothing from files or the network. Raises StoreError where nothing has been built yet and QueryError where
    the file is not RDF.

    >>> dataset = graph("tests/examples/shapes/good/AwardShape.ttl")
    >>> len(dataset.default_graph)
    2
    """
    path = Path(path)
    if not path.exists():
        raise QueryError(f"{path}: no such file or folder; give a project's folder or an RDF file")
    return to_dataset(read(path) if path.is_file() else load(current(find_root(path) / "build").dataset))


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
    for triple in triples:
        graph.add((to_rdflib(triple.subject), to_rdflib(triple.predicate), to_rdflib(triple.object)))
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
