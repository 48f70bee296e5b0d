"""Every IRI that kg mints, each by a function named after the thing, and the parts of one taken apart again.

`base` is the configured base IRI and ends in "/". No other module joins IRIs or takes them apart.

>>> entity("https://example.org/", "kofi-annan")
'https://example.org/id/kofi-annan'
"""

import re

# One path segment that needs no escaping in an IRI (RFC 3987, 2.2 isegment-nz, without sub-delims).
SLUG = re.compile(r"[^\W_][\w.~-]*")


def entity(base: str, slug: str) -> str:
    """The IRI of a thing the graph speaks of."""
    return f"{base}id/{slug}"


def ontology(base: str) -> str:
    """The namespace of the project's own vocabulary, `kg:` in queries."""
    return f"{base}ontology#"


def beside(iri: str, slug: str) -> str:
    """The IRI of an entity named like another one but for its last segment.

    >>> beside("https://example.org/id/a1", "b2")
    'https://example.org/id/b2'
    """
    return f"{iri.rpartition('/')[0]}/{slug}"


def fact(base: str, digest: str) -> str:
    """The IRI of a fact, which is also its named graph."""
    return f"{base}fact/{digest}"


def statement(fact_iri: str, digest: str) -> str:
    """The IRI of one statement of a fact, for reified evidence."""
    return f"{fact_iri}#{digest}"


def of_nanopublication(fact_iri: str, part_: str) -> str:
    """The IRI of a fact as a nanopublication, "nanopub", or of its graph "head", "provenance" or "pubinfo"."""
    return f"{fact_iri}#{part_}"


def of_annotation(fact_iri: str) -> str:
    """The IRI of a fact as a Web Annotation."""
    return f"{fact_iri}#annotation"


def release(base: str, name: str) -> str:
    """The IRI of a release, which stays what it is; `dataset` is whichever is current."""
    return f"{base}release/{name}"


def source(base: str, slug: str) -> str:
    """The IRI of a source document."""
    return f"{base}source/{slug}"


def passage(source_iri: str, start: int, end: int) -> str:
    """The IRI of the characters [start, end) of a source: a text fragment (RFC 5147, 2.1.1).

    >>> passage("https://example.org/source/page", 10, 24)
    'https://example.org/source/page#char=10,24'
    """
    return f"{source_iri}#char={start},{end}"


def row(source_iri: str, number: int | str) -> str:
    """The IRI of a row of a table, by its number in the file from 1: a text fragment (RFC 7111, 2.1).

    >>> row("https://example.org/source/votes", 17)
    'https://example.org/source/votes#row=17'
    """
    return f"{source_iri}#row={number}"


def selector(source_iri: str, kind: str, start: int, end: int) -> str:
    """The IRI of a passage's Web Annotation selector; kind is "quote", "position" or "page"."""
    return f"{source_iri}#{kind}={start},{end}"


def graph(base: str, name: str) -> str:
    """The IRI of a graph that kg keeps beside the facts: provenance, inferred or ontology."""
    return f"{base}graph/{name}"


def period(base: str, date: str) -> str:
    """The IRI of the days that a date in EDTF can mean, a part of the graph of what follows.

    >>> period("https://example.org/", "1999-02%/..")
    'https://example.org/graph/inferred#date=1999-02%25/..'
    """
    return f"{graph(base, 'inferred')}#date={date.replace('%', '%25')}"


def curators(base: str) -> str:
    """The IRI of those to whom reference data are attributed."""
    return f"{base}curators"


def dataset(base: str) -> str:
    """The IRI of the dataset itself, which VoID, DCAT and schema.org describe."""
    return f"{base}dataset"


def part(iri: str, kind: str, digest: str) -> str:
    """The IRI of a part of a description: a partition, a distribution, a checksum."""
    return f"{iri}#{kind}-{digest}"


def download(base: str, file: str) -> str:
    """The IRI of a file with the whole graph in one format."""
    return f"{base}downloads/{file}"


def query(base: str, name: str) -> str:
    """The IRI of a canned query."""
    return f"{base}query/{name}"


def context(base: str) -> str:
    """The IRI of the JSON-LD context."""
    return f"{base}context.jsonld"


def shapes(base: str) -> str:
    """The IRI of the SHACL shapes that a release was checked against."""
    return f"{base}shapes"


def sparql(base: str) -> str:
    """The IRI of the SPARQL endpoint."""
    return f"{base}sparql"


def page(base: str, name: str) -> str:
    """The IRI of a page or a service that is none of the above: search, reconcile, openapi.json."""
    return f"{base}{name}"


def is_slug(text: str) -> bool:
    """Whether text can be the last segment of an entity's IRI.

    >>> is_slug("new-york"), is_slug("new york"), is_slug("")
    (True, False, False)
    """
    return SLUG.fullmatch(text) is not None


# Taking apart


def slug(base: str, iri: str) -> str:
    """What names an entity below the base; the IRI itself where it is not an entity of this base."""
    return iri.removeprefix(entity(base, ""))


def is_entity(base: str, iri: str) -> bool:
    """Whether an IRI is that of an entity of this base."""
    return iri.startswith(entity(base, ""))


def is_fact(base: str, iri: str) -> bool:
    """Whether an IRI is that of a fact, and so of a fact's graph."""
    return iri.startswith(fact(base, ""))


def is_source(base: str, iri: str) -> bool:
    """Whether an IRI is that of a source or of a part of one."""
    return iri.startswith(source(base, ""))


def source_id(base: str, iri: str) -> str:
    """The id of the source that an IRI names, or of which it names a part.

    >>> source_id("https://example.org/", "https://example.org/source/page#char=10,24")
    'page'
    """
    return re.split("[#/]", iri.removeprefix(source(base, "")), maxsplit=1)[0]


def offsets(passage_iri: str) -> tuple[int, int] | None:
    """The characters [start, end) that a passage's IRI names; None where it is not a passage's.

    >>> offsets("https://example.org/source/page#char=10,24"), offsets("https://example.org/source/page")
    ((10, 24), None)
    """
    found = re.search(r"#char=(\d+),(\d+)$", passage_iri, re.ASCII)
    return (int(found[1]), int(found[2])) if found else None


def row_number(iri: str) -> int | None:
    """The number of the row that an IRI names; None where it is not a row's.

    >>> row_number("https://example.org/source/votes#row=17"), row_number("https://example.org/source/votes")
    (17, None)
    """
    found = re.search(r"#row=(\d+)$", iri, re.ASCII)
    return int(found[1]) if found else None


def fragment(iri: str) -> str:
    """What follows "#" in an IRI, "" where nothing does."""
    return iri.partition("#")[2]


def local(iri: str) -> str:
    """What an IRI ends in behind its last "#" or "/": a name to show where there is no label.

    >>> local("https://schema.org/Person"), local("https://example.org/ontology#date")
    ('Person', 'date')
    """
    return re.split(r"[#/]", iri)[-1]


def address(base: str, iri: str) -> str:
    """Where the page of an IRI of this base stands, below the base; what is not of this base stays as it is.

    Things lead to their pages at once, not by way of their IRIs.

    >>> address("https://example.org/", "https://example.org/id/ada")
    'id/ada.html'
    >>> address("https://example.org/", "https://example.org/ontology#date")
    'ontology#date'
    >>> address("https://example.org/", "https://example.org/source/votes#row=250")
    'source/votes/201#row=250'
    >>> address("https://example.org/", "https://example.org/release/0a1b")
    'release/0a1b/'
    """
    if not iri.startswith(base):
        return iri
    if number := row_number(iri):
        return f"source/{source_id(base, iri)}/{first_row(number)}#row={number}"
    path, sharp, part_ = iri.removeprefix(base).partition("#")
    page_ = f"{path}.html" if path.startswith(("id/", "fact/", "source/", "graph/")) else path
    page_ += "/" if path.startswith("release/") else ""  # a folder, which holds its files
    return f"{page_}{sharp}{part_}"


ROWS = 100  # of a table on one page


def first_row(number: int) -> int:
    """The row with which the page begins that has a row.

    >>> first_row(1), first_row(100), first_row(101)
    (1, 1, 101)
    """
    return number - (number - 1) % ROWS


_AXIOMS = "-axioms"


def axioms(term: str) -> str:
    """The shape that holds data to the axioms of a property.

    >>> axioms("https://example.org/ontology#of")
    'https://example.org/ontology#of-axioms'
    """
    return term + _AXIOMS


def is_axioms(iri: str) -> bool:
    """Whether an IRI is that of such a shape."""
    return iri.endswith(_AXIOMS)
