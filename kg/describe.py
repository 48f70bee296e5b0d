"""Describe: the dataset as VoID, DCAT 3 and schema.org tell of it, and the canned queries as SHACL executables.

Made at build, without clock or chance: the same dataset is described in the same words.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import pyoxigraph as px

from kg import names
from kg.media import MEDIA
from kg.queries import CannedQuery
from kg.rdf import DCTERMS, PROV, RDFS, SCHEMA, SH, TYPE, XSD, Triple, text_of
from kg.sparql import form

VOID = "http://rdfs.org/ns/void#"
VOID_EXT = "http://ldf.fi/void-ext#"
DCAT = "http://www.w3.org/ns/dcat#"
SPDX = "http://spdx.org/rdf/terms#"
SD = "http://www.w3.org/ns/sparql-service-description#"
FORMAT = "http://www.w3.org/ns/formats/"
IANA = "https://www.iana.org/assignments/media-types/"
PREFIXES = {"void": VOID, "void-ext": VOID_EXT, "dcat": DCAT, "spdx": SPDX, "sd": SD, "formats": FORMAT, "sh": SH}

PROTOCOL = "http://www.w3.org/TR/sparql11-protocol/"
FORMATS = {
    "turtle": "Turtle",
    "jsonld": "JSON-LD",
    "ntriples": "N-Triples",
    "nquads": "N-Quads",
    "trig": "TriG",
    "rdfxml": "RDF_XML",
    "json": "SPARQL_Results_JSON",
    "xml": "SPARQL_Results_XML",
    "csv": "SPARQL_Results_CSV",
    "tsv": "SPARQL_Results_TSV",
}


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


def describe(
    about: About, triples: Iterable[Triple], sources: Iterable[str], dumps: Iterable[Dump]
) -> Iterator[Triple]:
    """The description of the dataset: its title and terms, its size, its parts by class, property and datatype."""
    base, dataset = about.base, names.dataset(about.base)
    for type_ in (VOID + "Dataset", DCAT + "Dataset", SCHEMA + "Dataset"):
        yield _link(dataset, TYPE.value, type_)
    yield from _words(about, dataset)
    yield _link(dataset, VOID + "sparqlEndpoint", names.sparql(base))
    yield _text(dataset, VOID + "uriSpace", names.entity(base, ""))
    for source in sources:
        yield _link(dataset, PROV + "wasDerivedFrom", source)
        yield _link(dataset, SCHEMA + "isBasedOn", source)
    yield from _service(base, dataset)
    for dump in dumps:
        yield from _distribution(base, dataset, dump)
    yield from _partitions(dataset, list(triples))


def _words(about: About, dataset: str) -> Iterator[Triple]:
    for predicates, words in (
        ((DCTERMS + "title", SCHEMA + "name"), about.title or about.base),
        ((DCTERMS + "description", SCHEMA + "description"), about.description),
        ((DCAT + "version", SCHEMA + "version"), about.version),
    ):
        if words:
            yield from (_text(dataset, predicate, words) for predicate in predicates)
    if about.license:
        yield _link(dataset, DCTERMS + "license", about.license)
        yield _link(dataset, SCHEMA + "license", about.license)
    agent = names.curators(about.base)
    for predicate in (DCTERMS + "creator", DCTERMS + "publisher", SCHEMA + "creator"):
        yield _link(dataset, predicate, agent)
    yield _link(agent, TYPE.value, PROV + "Agent")
    yield _text(agent, SCHEMA + "name", about.curators)
    yield _link(dataset, SCHEMA + "url", about.base)
    yield _link(dataset, DCAT + "landingPage", about.base)


def _service(base: str, dataset: str) -> Iterator[Triple]:
    """The SPARQL endpoint as a DCAT data service (DCAT 3, 6.9)."""
    service = names.sparql(base)
    yield _link(service, TYPE.value, DCAT + "DataService")
    yield _link(service, DCAT + "endpointURL", service)
    yield _link(service, DCAT + "endpointDescription", names.page(base, "openapi.json"))
    yield _link(service, DCAT + "servesDataset", dataset)
    yield _link(service, DCTERMS + "conformsTo", PROTOCOL)
    yield _text(service, DCTERMS + "title", "SPARQL 1.1 endpoint")


def _distribution(base: str, dataset: str, dump: Dump) -> Iterator[Triple]:
    """A dump as a DCAT distribution with its size and checksum (DCAT 3, 6.8)."""
    url, media = names.download(base, dump.file), MEDIA[dump.format]
    node, checksum = names.part(dataset, "distribution", dump.format), names.part(dataset, "checksum", dump.format)
    yield _link(dataset, DCAT + "distribution", node)
    yield _link(dataset, SCHEMA + "distribution", node)
    yield _link(dataset, VOID + "dataDump", url)
    for type_ in (DCAT + "Distribution", SCHEMA + "DataDownload"):
        yield _link(node, TYPE.value, type_)
    yield _link(node, DCAT + "downloadURL", url)
    yield _link(node, SCHEMA + "contentUrl", url)
    yield _link(node, DCAT + "mediaType", IANA + media.type)
    yield _text(node, SCHEMA + "encodingFormat", media.type)
    yield _number(node, DCAT + "byteSize", dump.size)
    yield _text(node, SCHEMA + "sha256", dump.sha256)
    yield _link(node, SPDX + "checksum", checksum)
    yield _link(checksum, TYPE.value, SPDX + "Checksum")
    yield _link(checksum, SPDX + "algorithm", SPDX + "checksumAlgorithm_sha256")
    yield _text(checksum, SPDX + "checksumValue", dump.sha256)


def _partitions(dataset: str, triples: list[Triple]) -> Iterator[Triple]:
    """The statistics of VoID (VoID, 4.3 and 4.6), with datatypes in the terms of void-ext."""
    types = [triple for triple in triples if triple.predicate == TYPE]
    kinds: dict[str, list[str]] = {}
    for triple in types:
        kinds.setdefault(text_of(triple.subject), []).append(text_of(triple.object))
    classes = Counter(kind for found in kinds.values() for kind in found)
    properties = Counter(triple.predicate.value for triple in triples)
    datatypes = Counter(t.object.datatype.value for t in triples if isinstance(t.object, px.Literal))
    for name, count in (
        ("triples", len(triples)),
        ("entities", len(kinds)),
        ("distinctSubjects", len({triple.subject for triple in triples})),
        ("distinctObjects", len({triple.object for triple in triples})),
        ("classes", len(classes)),
        ("properties", len(properties)),
    ):
        yield _number(dataset, VOID + name, count)
    for iri, count in sorted(classes.items()):
        yield from _partition(dataset, (VOID + "classPartition", VOID + "class", VOID + "entities"), iri, count)
    for iri, count in sorted(properties.items()):
        yield from _partition(dataset, (VOID + "propertyPartition", VOID + "property", VOID + "triples"), iri, count)
    for iri, count in sorted(datatypes.items()):
        yield from _partition(
            dataset, (VOID_EXT + "datatypePartition", VOID_EXT + "datatype", VOID + "triples"), iri, count
        )
    used = Counter((kind, t.predicate.value) for t in triples for kind in kinds.get(text_of(t.subject), ()))
    for (kind, iri), count in sorted(used.items()):
        node = names.part(dataset, "class", _digest(kind))
        inner = _partition(node, (VOID + "propertyPartition", VOID + "property", VOID + "triples"), iri, count, kind)
        yield from inner


def _partition(whole: str, terms: tuple[str, str, str], iri: str, count: int, within: str = "") -> Iterator[Triple]:
    relation, property_, measure = terms
    kind = relation.rpartition("#")[2].removesuffix("Partition")
    node = names.part(whole.partition("#")[0], kind, _digest(within + iri))
    yield _link(whole, relation, node)
    yield _link(node, property_, iri)
    yield _number(node, measure, count)


def executables(queries: Iterable[CannedQuery], base: str) -> Iterator[Triple]:
    """The canned queries as SHACL executables (SHACL-AF, 5.1) with the endpoint that answers them."""
    for query in queries:
        node, kind = names.query(base, query.name), form(query.text)
        yield _link(node, TYPE.value, SH + "SPARQLExecutable")
        yield _link(node, TYPE.value, f"{SH}SPARQL{kind.capitalize()}Executable")
        yield _text(node, RDFS + "label", query.summary)
        if query.description:
            yield _text(node, RDFS + "comment", query.description)
        yield _text(node, SH + kind.lower(), query.text)
        yield _link(node, SCHEMA + "target", names.sparql(base))
        for tag in query.tags:
            yield _text(node, SCHEMA + "keywords", tag)


def service_description(endpoint: str, base: str) -> Iterator[Triple]:
    """The endpoint as SPARQL 1.1 Service Description has it (3): what it speaks, what it gives, what it holds."""
    dataset, default = names.part(endpoint, "service", "dataset"), names.part(endpoint, "service", "default")
    yield _link(endpoint, TYPE.value, SD + "Service")
    yield _link(endpoint, SD + "endpoint", endpoint)
    yield _link(endpoint, SD + "supportedLanguage", SD + "SPARQL11Query")
    for name in FORMATS.values():
        yield _link(endpoint, SD + "resultFormat", FORMAT + name)
    yield _link(endpoint, SD + "defaultDataset", dataset)
    yield _link(dataset, TYPE.value, SD + "Dataset")
    yield _link(dataset, SD + "defaultGraph", default)
    yield _link(default, TYPE.value, SD + "Graph")
    yield _link(default, DCTERMS + "isPartOf", names.dataset(base))
    for name in ("provenance", "inferred", "ontology"):
        node = names.part(endpoint, "graph", name)
        yield _link(dataset, SD + "namedGraph", node)
        yield _link(node, TYPE.value, SD + "NamedGraph")
        yield _link(node, SD + "name", names.graph(base, name))


def sitemap(iris: Iterable[str]) -> bytes:
    """The addresses of the pages (sitemaps.org protocol 0.9), at most 50,000, sorted."""
    from xml.sax.saxutils import escape

    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">']
    lines += [f"<url><loc>{escape(iri)}</loc></url>" for iri in sorted(iris)[:50_000]]
    return "\n".join([*lines, "</urlset>", ""]).encode()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _link(subject: str, predicate: str, iri: str) -> Triple:
    return Triple(px.NamedNode(subject), px.NamedNode(predicate), px.NamedNode(iri))


def _text(subject: str, predicate: str, text: str) -> Triple:
    return Triple(px.NamedNode(subject), px.NamedNode(predicate), px.Literal(text))


def _number(subject: str, predicate: str, number: int) -> Triple:
    return Triple(
        px.NamedNode(subject), px.NamedNode(predicate), px.Literal(str(number), datatype=px.NamedNode(XSD + "integer"))
    )
