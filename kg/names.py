"""Every IRI that kg mints, each by a function named after the thing.

`base` is the configured base IRI and ends in "/". No other module joins IRIs.

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


def fact(base: str, digest: str) -> str:
    """The IRI of a fact, which is also its named graph."""
    return f"{base}fact/{digest}"


def statement(fact_iri: str, digest: str) -> str:
    """The IRI of one statement of a fact, for reified evidence."""
    return f"{fact_iri}#{digest}"


def source(base: str, slug: str) -> str:
    """The IRI of a source document."""
    return f"{base}source/{slug}"


def passage(source_iri: str, start: int, end: int) -> str:
    """The IRI of the characters [start, end) of a source: a text fragment (RFC 5147, 2.1.1).

    >>> passage("https://example.org/source/page", 10, 24)
    'https://example.org/source/page#char=10,24'
    """
    return f"{source_iri}#char={start},{end}"


def selector(source_iri: str, kind: str, start: int, end: int) -> str:
    """The IRI of a passage's Web Annotation selector; kind is "quote" or "position"."""
    return f"{source_iri}#{kind}={start},{end}"


def graph(base: str, name: str) -> str:
    """The IRI of a graph that kg keeps beside the facts: provenance, inferred or ontology."""
    return f"{base}graph/{name}"


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
