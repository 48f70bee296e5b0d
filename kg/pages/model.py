"""View: the pieces that pages are made of, as plain data. A value is never without the reason for it.

Group      a property with its entries
  Entry    values that rest on the same words, and the Reason
    Value  a text or a thing, and its date, which has a reason of its own
"""

from collections.abc import Iterable
from typing import NamedTuple

from kg.query.why import Reason
from kg.rdf import iris
from kg.rdf.edtf import Day
from kg.rdf.terms import DCTERMS, RDFS, SCHEMA, SKOS, TYPE

FOAF = "http://xmlns.com/foaf/0.1/"


ORG = "http://www.w3.org/ns/org#"


# What a thing looks like, by the first of its types: a dot of one colour, always with the word beside it. A person is
# an agent too, as an organization is.
KINDS = {
    SCHEMA + "Person": "person",
    FOAF + "Person": "person",
    SCHEMA + "Organization": "organization",
    ORG + "Organization": "organization",
    FOAF + "Agent": "organization",
    SCHEMA + "Event": "event",
    SCHEMA + "Place": "place",
    SCHEMA + "CreativeWork": "document",
}


# The badge of a statement by how its words support it; what is stated needs none.
BASES = {
    "stated": "",
    "layout": "from where it stands",
    "inferred": "worked out",
    "reference": "reference data",
    "table": "from a table",
    "ontology": "follows from the vocabulary",
    "build": "follows from the vocabulary",
}
DATES = {**BASES, "layout": "date from heading"}  # of a date


class Name(NamedTuple):
    """A thing as a page names it: its IRI, label, address from the page, and kind of KINDS or ""."""

    iri: str
    label: str
    href: str
    kind: str = ""


class Quote(NamedTuple):
    """Words of a source with those around them; `href` leads to where they stand, `page` is that of the document, and
    `language` that of the source, "" where it is the page's own.
    """

    source: str
    href: str
    before: str
    exact: str
    after: str
    page: str = ""
    language: str = ""


class Because(NamedTuple):
    """Why a statement is made: its words and how they support it, a note or evidence, and the fact's address."""

    basis: str
    said: str
    note: str
    evidence: str
    quotes: tuple[Quote, ...]
    href: str


class Dated(NamedTuple):
    """A date in words and as it was written, with its first and last day, and why it is given."""

    text: str
    written: str
    earliest: Day | None
    latest: Day | None
    because: Because


class Value(NamedTuple):
    """What a statement says: a text, or a thing by name, with its status and date where it has them.

    The status, `kg:status` where a project has that property, tells what was called for from what happened. The
    language of a text is "" where it is the page's own.
    """

    text: str
    name: Name | None = None
    dated: Dated | None = None
    status: str = ""
    language: str = ""


class Entry(NamedTuple):
    """Values that rest on the same words."""

    values: tuple[Value, ...]
    because: Because


class Group(NamedTuple):
    """A property: its IRI, heading, its definition's address, its anchor, what it says, whether sources disagree."""

    iri: str
    label: str
    href: str
    anchor: str
    entries: tuple[Entry, ...]
    disagree: bool = False


NAMING = frozenset({TYPE.value, SKOS + "prefLabel", SKOS + "altLabel"})  # the head of a page has these


def entries(pairs: Iterable[tuple[Because, Value]]) -> tuple[Entry, ...]:
    """Values that rest on the same words together, in order."""
    found: dict[tuple[object, ...], tuple[Because, list[Value]]] = {}
    for why, value in pairs:
        values = found.setdefault((why.basis, why.note, why.evidence, why.quotes), (why, []))[1]
        if value not in values:
            values.append(value)
    return tuple(Entry(tuple(values), why) for why, values in found.values())


def place(reason: Reason) -> tuple[object, ...]:
    """Where a reason's words stand: by source and offset, what has none last."""
    if not reason.words:
        return (1, "", 0, reason.statement.predicate.value, str(reason.statement.object))
    first = reason.words[-1]  # the last of several: the words themselves, after the heading above them
    if number := iris.row_number(first.passage):
        return (0, first.source, number, reason.statement.predicate.value, str(reason.statement.object))
    return (0, first.source, (iris.offsets(first.passage) or (0, 0))[0], "", "")


# What an entity's page does not list among what it says: names and dates of the same by other vocabularies.
HIDDEN = frozenset(
    {
        RDFS + "label",
        *(SCHEMA + name for name in ("name", "alternateName", "startDate", "endDate", "observationDate")),
        DCTERMS + "temporal",
    }
)
