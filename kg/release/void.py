"""VoID: a dataset in numbers, by class, property and datatype, with what it links to and where to begin.

Vocabulary of Interlinked Datasets, https://www.w3.org/TR/void/. The numbers are queries, asked of the database.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import pyoxigraph as px

from kg.rdf import iris
from kg.rdf.terms import DCTERMS, OWL, PROV, SCHEMA, SKOS, TYPE, XSD, Triple, link, literal, text_of

VOID = "http://rdfs.org/ns/void#"


VOID_EXT = "http://ldf.fi/void-ext#"


class Linkset(NamedTuple):
    """How many statements lead with one property from things of this dataset to things of another, by its host."""

    property: str
    target: str
    triples: int


class Statistics(NamedTuple):
    """Numbers of a dataset, as texts: of the whole by VoID's names; of its parts by class, property and datatype; of
    its properties by class; of the graphs beside the facts. The IRIs of its sources, and what it links to.
    """

    numbers: dict[str, str]
    partitions: list[tuple[tuple[str, str, str], str, str]]
    by_class: list[tuple[str, ...]]
    graphs: dict[str, str]
    sources: list[str]
    links: list[Linkset]


# The statistics of VoID (VoID, 4.3 and 4.6) and of void-ext, each a query: a number, or numbers by one IRI.
_NUMBERS = {
    "triples": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "entities": "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s a ?c }",
    "distinctSubjects": "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }",
    "distinctObjects": "SELECT (COUNT(DISTINCT ?o) AS ?n) { ?s ?p ?o }",
    "classes": "SELECT (COUNT(DISTINCT ?c) AS ?n) { ?s a ?c }",
    "properties": "SELECT (COUNT(DISTINCT ?p) AS ?n) { ?s ?p ?o }",
}
_PARTITIONS = (
    (
        "SELECT ?iri (COUNT(*) AS ?n) { ?s a ?iri } GROUP BY ?iri",
        (VOID + "classPartition", VOID + "class", VOID + "entities"),
    ),
    (
        "SELECT ?iri (COUNT(*) AS ?n) { ?s ?iri ?o } GROUP BY ?iri",
        (VOID + "propertyPartition", VOID + "property", VOID + "triples"),
    ),
    (
        "SELECT ?iri (COUNT(*) AS ?n) { ?s ?p ?o FILTER(isLiteral(?o)) BIND(DATATYPE(?o) AS ?iri) } GROUP BY ?iri",
        (VOID_EXT + "datatypePartition", VOID_EXT + "datatype", VOID + "triples"),
    ),
)
_BY_CLASS = "SELECT ?class ?iri (COUNT(*) AS ?n) { ?s a ?class ; ?iri ?o } GROUP BY ?class ?iri"


# The graphs beside the facts, and those in the database alone, which describe it to programs that ask it.
GRAPHS = {
    "provenance": "What each fact rests on: its basis, its words, and where they stand",
    "inferred": "What the build made: supertypes, superproperties, the first and last day of each date",
    "ontology": "The vocabulary",
    "description": "The dataset in the words of VoID, DCAT and schema.org",
    "service": "The SPARQL endpoint",
    "queries": "The canned queries",
}
DESCRIBING = ("description", "service", "queries")  # those in the database alone
_LINKING = (
    SKOS + "exactMatch",
    SKOS + "closeMatch",
    SKOS + "broadMatch",
    SKOS + "narrowMatch",
    SKOS + "relatedMatch",
    OWL + "sameAs",
    SCHEMA + "sameAs",
)


def statistics(store: px.Store, base: str) -> Statistics:
    """What the description of a dataset tells in numbers, from its database."""
    kind = f"<{iris.ontology(base)}Source>"  # and no row of one
    sources = f"SELECT DISTINCT ?source {{ GRAPH ?g {{ ?fact <{PROV}wasDerivedFrom> ?source . ?source a {kind} }} }}"
    graphs = {
        name: f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{iris.graph(base, name)}> {{ ?s ?p ?o }} }}"
        for name in GRAPHS
        if name not in DESCRIBING
    }
    return Statistics(
        {name: _rows(store, query)[0][-1] for name, query in _NUMBERS.items()},
        [(terms, iri, count) for query, terms in _PARTITIONS for iri, count in _rows(store, query)],
        _rows(store, _BY_CLASS),
        {name: _rows(store, query)[0][-1] for name, query in graphs.items()},
        [source for (source,) in _rows(store, sources)],
        _linksets(store, base),
    )


def _linksets(store: px.Store, base: str) -> list[Linkset]:
    """The linksets of the dataset (VoID, 5)."""
    counts: Counter[tuple[str, str]] = Counter()
    for property_ in _LINKING:
        for quad in store.quads_for_pattern(None, px.NamedNode(property_), None, px.DefaultGraph()):
            target = text_of(quad.object)
            host = re.match(r"https?://[^/?#]+/", target)
            if host and not target.startswith(base) and iris.is_entity(base, text_of(quad.subject)):
                counts[property_, host[0]] += 1
    return [Linkset(*key, count) for key, count in sorted(counts.items())]


def describe_contents(base: str, counted: Statistics, examples: Iterable[str]) -> Iterator[Triple]:
    """The dataset as VoID has it: where to begin, whose words it speaks, its numbers, its graphs, its links."""
    dataset = iris.dataset(base)
    yield link(dataset, TYPE.value, VOID + "Dataset")
    yield link(dataset, VOID + "sparqlEndpoint", iris.sparql(base))
    yield literal(dataset, VOID + "uriSpace", iris.entity(base, ""))
    for example in examples:
        yield link(dataset, VOID + "exampleResource", example)
    for namespace in _namespaces(counted):
        yield link(dataset, VOID + "vocabulary", namespace)
    for name, number in counted.graphs.items():
        graph = iris.graph(base, name)
        yield link(dataset, VOID + "subset", graph)
        yield link(graph, TYPE.value, VOID + "Dataset")
        yield literal(graph, DCTERMS + "title", GRAPHS[name], language="en")
        yield literal(graph, VOID + "triples", number, XSD + "integer")
    for linkset in counted.links:
        node = iris.part(dataset, "links", _digest(linkset.property + linkset.target))
        target = iris.part(dataset, "target", _digest(linkset.target))
        yield link(dataset, VOID + "subset", node)
        yield link(node, TYPE.value, VOID + "Linkset")
        yield link(node, VOID + "subjectsTarget", dataset)
        yield link(node, VOID + "objectsTarget", target)
        yield link(node, VOID + "linkPredicate", linkset.property)
        yield literal(node, VOID + "triples", str(linkset.triples), XSD + "integer")
        yield link(target, TYPE.value, VOID + "Dataset")
        yield literal(target, VOID + "uriSpace", linkset.target)
    yield from _statistics(dataset, counted)


def _namespaces(counted: Statistics) -> list[str]:
    """The namespaces of the classes and properties in use (VoID, 4.3)."""
    names = [iri for (_, term, _), iri, _ in counted.partitions if term in (VOID + "class", VOID + "property")]
    return sorted({name.removesuffix(iris.local(name)) for name in names})


def _statistics(dataset: str, counted: Statistics) -> Iterator[Triple]:
    """The statistics of the default graph, by class, property and datatype."""
    for name, number in counted.numbers.items():
        yield literal(dataset, VOID + name, number, XSD + "integer")
    for terms, iri, count in counted.partitions:
        yield from _partition(dataset, terms, iri, count)
    for kind, iri, count in counted.by_class:
        node = iris.part(dataset, "class", _digest(kind))
        terms = (VOID + "propertyPartition", VOID + "property", VOID + "triples")
        yield from _partition(node, terms, iri, count, kind)


def _rows(store: px.Store, query: str) -> list[tuple[str, ...]]:
    """The rows of a query as texts, sorted."""
    results: Any = store.query(query)
    return sorted(tuple(text_of(term) for term in row) for row in results)


def _partition(whole: str, terms: tuple[str, str, str], iri: str, count: str, within: str = "") -> Iterator[Triple]:
    relation, property_, measure = terms
    kind = relation.rpartition("#")[2].removesuffix("Partition")
    node = iris.part(whole.partition("#")[0], kind, _digest(within + iri))
    yield link(whole, relation, node)
    yield link(node, property_, iri)
    yield literal(node, measure, count, XSD + "integer")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
