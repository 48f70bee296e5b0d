"""DCAT: a dataset, its distributions and its endpoint as DCAT-AP 3 and schema.org describe them.

Made at build, without clock or chance: the same dataset is described in the same words, and its dates are settings.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from kg.rdf import iris
from kg.rdf.edtf import read_edtf, xsd_date
from kg.rdf.formats import FORMATS
from kg.rdf.terms import DCAT, DCTERMS, PROV, SCHEMA, SH, TYPE, XSD, Triple, link, literal
from kg.release.void import VOID, VOID_EXT

FOAF = "http://xmlns.com/foaf/0.1/"


SPDX = "http://spdx.org/rdf/terms#"


SD = "http://www.w3.org/ns/sparql-service-description#"


VCARD = "http://www.w3.org/2006/vcard/ns#"


FORMAT = "http://www.w3.org/ns/formats/"


IANA = "https://www.iana.org/assignments/media-types/"


FILE_TYPE = "http://publications.europa.eu/resource/authority/file-type/"


PREFIXES = {
    "void": VOID,
    "void-ext": VOID_EXT,
    "foaf": FOAF,
    "spdx": SPDX,
    "sd": SD,
    "vcard": VCARD,
    "formats": FORMAT,
    "sh": SH,
}


PROTOCOL = "http://www.w3.org/TR/sparql11-protocol/"


SHACL = "http://www.w3.org/TR/shacl/"


class About(NamedTuple):
    """What the project says of its dataset, by the names of its settings; the release's name and that of the one before
    it, "" for none.
    """

    base: str
    title: str
    description: str
    curators: str
    license: str
    keywords: Sequence[str] = ()
    spatial: Sequence[str] = ()
    temporal: str = ""
    contact: str = ""
    issued: str = ""
    modified: str = ""
    version: str = ""
    before: str = ""


class Dump(NamedTuple):
    """A file with the whole graph: its format, how many bytes it has, its SHA-256."""

    file: str
    format: str
    size: int
    sha256: str


def describe(about: About, sources: Iterable[str], dumps: Iterable[Dump]) -> Iterator[Triple]:
    """The dataset with its terms, coverage and versions, its distributions, and the service that answers queries."""
    base, dataset = about.base, iris.dataset(about.base)
    for type_ in (DCAT + "Dataset", SCHEMA + "Dataset"):
        yield link(dataset, TYPE.value, type_)
    yield from _words(about, dataset)
    yield from _agents(about, dataset)
    yield from _coverage(about, dataset)
    for source in sources:
        yield link(dataset, PROV + "wasDerivedFrom", source)
        yield link(dataset, SCHEMA + "isBasedOn", source)
    yield link(dataset, DCTERMS + "conformsTo", iris.shapes(base))
    yield link(iris.shapes(base), TYPE.value, DCTERMS + "Standard")
    yield link(iris.shapes(base), DCTERMS + "conformsTo", SHACL)
    if about.before:
        yield link(dataset, DCAT + "previousVersion", iris.release(base, about.before))
    if about.version:
        work = about.curators, about.modified or about.issued, about.title or base, about.version
        yield literal(dataset, DCTERMS + "bibliographicCitation", cited(*work, iris.release(base, about.version)))
    yield from _service(about, dataset)
    for dump in dumps:
        yield from _distribution(about, dataset, dump)


def cited(authors: str, day: str, title: str, release: str, url: str) -> str:
    """How to cite a release: who made it, when, what it is called, and where it stays.

    >>> cited("Ada", "2026-11-27", "A graph", "0a1b", "https://example.org/release/0a1b")
    'Ada (2026). A graph. Release 0a1b. https://example.org/release/0a1b'
    """
    return f"{authors}{f' ({day[:4]})' if day else ''}. {title}. Release {release}. {url}"


def _words(about: About, dataset: str) -> Iterator[Triple]:
    """What is said of the dataset in texts, and the pages about it."""
    for predicates, words in (
        ((DCTERMS + "title", SCHEMA + "name"), about.title or about.base),
        ((DCTERMS + "description", SCHEMA + "description"), about.description or about.title or about.base),
        ((DCAT + "version", SCHEMA + "version"), about.version),
    ):
        if words:
            yield from (literal(dataset, predicate, words) for predicate in predicates)
    for keyword in about.keywords:
        yield literal(dataset, DCAT + "keyword", keyword)
        yield literal(dataset, SCHEMA + "keywords", keyword)
    yield literal(dataset, DCTERMS + "identifier", dataset)
    yield link(dataset, SCHEMA + "url", about.base)
    yield link(dataset, DCAT + "landingPage", about.base)
    yield link(about.base, TYPE.value, FOAF + "Document")
    yield from _terms(about, dataset)


def _terms(about: About, subject: str) -> Iterator[Triple]:
    """The licence and the dates of the dataset or of a distribution."""
    if about.license:
        yield link(subject, DCTERMS + "license", about.license)
        yield link(subject, SCHEMA + "license", about.license)
        yield link(about.license, TYPE.value, DCTERMS + "LicenseDocument")
    for name, property_, day in (
        ("issued", "datePublished", about.issued),
        ("modified", "dateModified", about.modified or about.issued),
    ):
        if day:
            yield literal(subject, DCTERMS + name, day, XSD + "date")
            yield literal(subject, SCHEMA + property_, day, XSD + "date")


def _agents(about: About, dataset: str) -> Iterator[Triple]:
    """Who made and publishes the dataset, and how to reach them."""
    agent = iris.curators(about.base)
    for predicate in (DCTERMS + "creator", DCTERMS + "publisher", SCHEMA + "creator", SCHEMA + "publisher"):
        yield link(dataset, predicate, agent)
    for type_ in (PROV + "Agent", FOAF + "Agent", SCHEMA + "Organization"):
        yield link(agent, TYPE.value, type_)
    yield literal(agent, FOAF + "name", about.curators)
    yield literal(agent, SCHEMA + "name", about.curators)
    if about.contact:
        card, is_mail = iris.part(dataset, "contact", "point"), about.contact.startswith("mailto:")
        yield link(dataset, DCAT + "contactPoint", card)
        yield link(card, TYPE.value, VCARD + "Kind")
        yield literal(card, VCARD + "fn", about.curators)
        yield link(card, VCARD + ("hasEmail" if is_mail else "hasURL"), about.contact)
        if is_mail:
            yield literal(agent, SCHEMA + "email", about.contact.removeprefix("mailto:"))
        else:
            yield link(agent, SCHEMA + "url", about.contact)


def _coverage(about: About, dataset: str) -> Iterator[Triple]:
    """The places and the time that the dataset covers (DCAT 3, 6.4.14 and 6.15)."""
    for place in about.spatial:
        yield link(dataset, DCTERMS + "spatial", place)
        yield link(dataset, SCHEMA + "spatialCoverage", place)
        yield link(place, TYPE.value, DCTERMS + "Location")
    if about.temporal:
        period, date = iris.part(dataset, "period", "covered"), read_edtf(about.temporal)
        yield link(dataset, DCTERMS + "temporal", period)
        yield literal(dataset, SCHEMA + "temporalCoverage", about.temporal)
        yield link(period, TYPE.value, DCTERMS + "PeriodOfTime")
        for name, day in (("startDate", date.earliest), ("endDate", date.latest)):
            if day:
                yield literal(period, DCAT + name, xsd_date(day), XSD + "date")


def _service(about: About, dataset: str) -> Iterator[Triple]:
    """The SPARQL endpoint as a DCAT data service (DCAT 3, 6.9)."""
    service = iris.sparql(about.base)
    yield link(service, TYPE.value, DCAT + "DataService")
    yield link(service, DCAT + "endpointURL", service)
    yield link(service, DCAT + "endpointDescription", iris.page(about.base, "openapi.json"))
    yield link(service, DCAT + "servesDataset", dataset)
    yield link(service, DCTERMS + "conformsTo", PROTOCOL)
    yield link(PROTOCOL, TYPE.value, DCTERMS + "Standard")
    yield link(service, DCTERMS + "publisher", iris.curators(about.base))
    yield literal(service, DCTERMS + "title", "SPARQL 1.1 endpoint", language="en")


def _distribution(about: About, dataset: str, dump: Dump) -> Iterator[Triple]:
    """A dump as a DCAT distribution with its size and checksum (DCAT 3, 6.8)."""
    url, format_ = iris.download(about.base, dump.file), FORMATS[dump.format]
    node, checksum = iris.part(dataset, "distribution", dump.format), iris.part(dataset, "checksum", dump.format)
    yield link(dataset, DCAT + "distribution", node)
    yield link(dataset, SCHEMA + "distribution", node)
    yield link(dataset, VOID + "dataDump", url)
    yield link(dataset, VOID + "feature", FORMAT + format_.w3c)
    for type_ in (DCAT + "Distribution", SCHEMA + "DataDownload"):
        yield link(node, TYPE.value, type_)
    yield literal(node, DCTERMS + "title", format_.title)
    yield literal(node, DCTERMS + "description", f"The whole graph, {format_.use}", language="en")
    yield link(node, DCAT + "accessURL", url)
    yield link(node, DCAT + "downloadURL", url)
    yield link(node, SCHEMA + "contentUrl", url)
    yield link(node, DCAT + "mediaType", IANA + format_.media_type)
    yield link(IANA + format_.media_type, TYPE.value, DCTERMS + "MediaType")
    yield link(node, DCTERMS + "format", FILE_TYPE + format_.eu)
    yield link(FILE_TYPE + format_.eu, TYPE.value, DCTERMS + "MediaTypeOrExtent")
    yield literal(node, SCHEMA + "encodingFormat", format_.media_type)
    yield literal(node, DCAT + "byteSize", str(dump.size), XSD + "nonNegativeInteger")
    yield literal(node, SCHEMA + "contentSize", f"{dump.size} B")
    yield literal(node, SCHEMA + "sha256", dump.sha256)
    yield from _terms(about, node)
    yield link(node, SPDX + "checksum", checksum)
    yield link(checksum, TYPE.value, SPDX + "Checksum")
    yield link(checksum, SPDX + "algorithm", SPDX + "checksumAlgorithm_sha256")
    yield link(SPDX + "checksumAlgorithm_sha256", TYPE.value, SPDX + "ChecksumAlgorithm")
    yield literal(checksum, SPDX + "checksumValue", dump.sha256, XSD + "hexBinary")
