"""VoID: the dataset as VoID, DCAT 3 and schema.org describe it.

Made at build, without clock or chance: the same dataset is described in the same words.
"""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import pyoxigraph as px

from kg.rdf import iris
from kg.rdf.formats import FORMATS
from kg.rdf.terms import DCTERMS, PROV, SCHEMA, SH, TYPE, XSD, Triple, link, literal, text_of

VOID = "http://rdfs.org/ns/void#"


VOID_EXT = "http://ldf.fi/void-ext#"


DCAT = "http://www.w3.org/ns/dcat#"


SPDX = "http://spdx.org/rdf/terms#"


SD = "http://www.w3.org/ns/sparql-service-description#"


FORMAT = "http://www.w3.org/ns/formats/"


IANA = "https://www.iana.org/assignments/media-types/"


PREFIXES = {"void": VOID, "void-ext": VOID_EXT, "dcat": DCAT, "spdx": SPDX, "sd": SD, "formats": FORMAT, "sh": SH}


PROTOCOL = "http://www.w3.org/TR/sparql11-protocol/"


class About(NamedTuple):
    """What the project says of its dataset, and the release's name."""

    base: str
    title: str
    description: str
    license: str
    curators: str
    version: str


class Dump(NamedTuple):
    """A file with the whole graph: its format, how many bytes and triples or quads it has, its SHA-256."""

    file: str
    format: str
    size: int
    sha256: str


class Statistics(NamedTuple):
    """Numbers of a dataset, as texts: of the whole by VoID's names; of its parts by class, property and datatype; of
    its properties by class. And the IRIs of its sources.
    """

    numbers: dict[str, str]
    partitions: list[tuple[tuple[str, str, str], str, str]]
    by_class: list[tuple[str, ...]]
    sources: list[str]


def describe(about: About, counted: Statistics, dumps: Iterable[Dump]) -> Iterator[Triple]:
    """The description of the dataset: its title and terms, its size, its parts by class, property and datatype."""
    base, dataset = about.base, iris.dataset(about.base)
    for type_ in (VOID + "Dataset", DCAT + "Dataset", SCHEMA + "Dataset"):
        yield link(dataset, TYPE.value, type_)
    yield from _words(about, dataset)
    yield link(dataset, VOID + "sparqlEndpoint", iris.sparql(base))
    yield literal(dataset, VOID + "uriSpace", iris.entity(base, ""))
    for source in counted.sources:
        yield link(dataset, PROV + "wasDerivedFrom", source)
        yield link(dataset, SCHEMA + "isBasedOn", source)
    yield from _service(base, dataset)
    for dump in dumps:
        yield from _distribution(base, dataset, dump)
    yield from _statistics(dataset, counted)


def _words(about: About, dataset: str) -> Iterator[Triple]:
    for predicates, words in (
        ((DCTERMS + "title", SCHEMA + "name"), about.title or about.base),
        ((DCTERMS + "description", SCHEMA + "description"), about.description),
        ((DCAT + "version", SCHEMA + "version"), about.version),
    ):
        if words:
            yield from (literal(dataset, predicate, words) for predicate in predicates)
    if about.license:
        yield link(dataset, DCTERMS + "license", about.license)
        yield link(dataset, SCHEMA + "license", about.license)
    agent = iris.curators(about.base)
    for predicate in (DCTERMS + "creator", DCTERMS + "publisher", SCHEMA + "creator"):
        yield link(dataset, predicate, agent)
    yield link(agent, TYPE.value, PROV + "Agent")
    yield literal(agent, SCHEMA + "name", about.curators)
    yield link(dataset, SCHEMA + "url", about.base)
    yield link(dataset, DCAT + "landingPage", about.base)


def _service(base: str, dataset: str) -> Iterator[Triple]:
    """The SPARQL endpoint as a DCAT data service (DCAT 3, 6.9)."""
    service = iris.sparql(base)
    yield link(service, TYPE.value, DCAT + "DataService")
    yield link(service, DCAT + "endpointURL", service)
    yield link(service, DCAT + "endpointDescription", iris.page(base, "openapi.json"))
    yield link(service, DCAT + "servesDataset", dataset)
    yield link(service, DCTERMS + "conformsTo", PROTOCOL)
    yield literal(service, DCTERMS + "title", "SPARQL 1.1 endpoint")


def _distribution(base: str, dataset: str, dump: Dump) -> Iterator[Triple]:
    """A dump as a DCAT distribution with its size and checksum (DCAT 3, 6.8)."""
    url, media_type = iris.download(base, dump.file), FORMATS[dump.format].media_type
    node, checksum = iris.part(dataset, "distribution", dump.format), iris.part(dataset, "checksum", dump.format)
    yield link(dataset, DCAT + "distribution", node)
    yield link(dataset, SCHEMA + "distribution", node)
    yield link(dataset, VOID + "dataDump", url)
    for type_ in (DCAT + "Distribution", SCHEMA + "DataDownload"):
        yield link(node, TYPE.value, type_)
    yield link(node, DCAT + "downloadURL", url)
    yield link(node, SCHEMA + "contentUrl", url)
    yield link(node, DCAT + "mediaType", IANA + media_type)
    yield literal(node, SCHEMA + "encodingFormat", media_type)
    yield literal(node, DCAT + "byteSize", str(dump.size), XSD + "integer")
    yield literal(node, SCHEMA + "sha256", dump.sha256)
    yield link(node, SPDX + "checksum", checksum)
    yield link(checksum, TYPE.value, SPDX + "Checksum")
    yield link(checksum, SPDX + "algorithm", SPDX + "checksumAlgorithm_sha256")
    yield literal(checksum, SPDX + "checksumValue", dump.sha256)


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


def statistics(store: px.Store) -> Statistics:
    """What the description of a dataset tells in numbers, from its database."""
    results: Any = store.query(f"SELECT DISTINCT ?source {{ GRAPH ?g {{ ?fact <{PROV}wasDerivedFrom> ?source }} }}")
    return Statistics(
        {name: _rows(store, query)[0][-1] for name, query in _NUMBERS.items()},
        [(terms, iri, count) for query, terms in _PARTITIONS for iri, count in _rows(store, query)],
        _rows(store, _BY_CLASS),
        sorted(text_of(row["source"]) for row in results),
    )


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
