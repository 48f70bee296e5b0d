"""Timeline: what happened in a year, and the years in which something did."""

from typing import NamedTuple

from kg.pages.model import Dated, Name, Value
from kg.pages.page import Page
from kg.pages.render import show
from kg.pages.sections import Block, Row, join, number_of
from kg.query.opened import Opened
from kg.query.sparql import run
from kg.rdf import iris
from kg.rdf.terms import SCHEMA, text_of

MOST = 500  # things of a year in a page


class Year(NamedTuple):
    """A year in which something begins, and how many things do."""

    year: int
    things: int


def years(opened: Opened) -> list[Year]:
    """The years in which dated things begin, with how many there are."""
    kg = iris.ontology(opened.base)
    query = (
        f"SELECT ?year (COUNT(DISTINCT ?thing) AS ?things) {{ ?thing <{kg}date> ?date ; <{kg}earliest> ?day . "
        f"BIND(YEAR(?day) AS ?year) FILTER(BOUND(?year)) {_happened(opened)} }} GROUP BY ?year ORDER BY ?year"
    )
    rows = run(opened.store, query, opened.prefixes, base=opened.base)
    return [Year(int(text_of(row[0])), int(text_of(row[1]))) for row in rows]


def _happened(opened: Opened) -> str:
    """A filter that leaves out the parts of a source under which things are told, dated as these are."""
    return " ".join(f"FILTER NOT EXISTS {{ ?told <{term}> ?thing }}" for term in sorted(opened.headings.aside))


def of_year(page: Page, year: int) -> list[tuple[Name, Dated]]:
    """The things whose dates begin in a year, or are a span of time over it, by date."""
    kg = iris.ontology(page.base)
    query = (
        f"SELECT DISTINCT ?thing {{ ?thing <{kg}date> ?date ; <{kg}earliest> ?first . "
        f"OPTIONAL {{ ?thing <{kg}latest> ?last }} {_happened(page.opened)} "
        f"FILTER(YEAR(?first) <= {year} && YEAR(COALESCE(?last, ?first)) >= {year}) }} LIMIT {MOST}"
    )
    found = []
    for row in run(page.opened.store, query, page.opened.prefixes, base=page.base):
        iri = text_of(row[0])
        if dated := page.dated(iri):
            found.append((page.name(iri), dated))
    return sorted(found, key=lambda pair: (pair[1].earliest or (0, 0, 0), pair[0].label))


def year_page(opened: Opened, root: str, iri: str) -> bytes:
    """What happened in a year, each with its words; KeyError where nothing did."""
    page = Page(opened, root)
    text = iris.local(iri)
    every = years(opened)
    if not text.lstrip("-").isdigit() or int(text) not in [one.year for one in every]:
        raise KeyError(iri)
    year = int(text)
    found = of_year(page, year)
    numbers = [pair for pair in found if _only_a_number(page, pair[0])]
    events = [pair for pair in found if pair not in numbers]
    return show(
        "timeline",
        opened,
        root,
        f"What happened in {year}",
        place="timeline",
        years=every,
        year=year,
        blocks=[
            (heading, Block("", ("When", "What"), tuple(_row(page, name, dated) for name, dated in told)))
            for heading, told in (("", events), ("Numbers of that time", numbers))
            if told
        ],
        undated=0,
        iri=iri,
    )


def _row(page: Page, name: Name, dated: Dated) -> Row:
    """A dated thing with its words: those of its date, and of what is said of it first."""
    reasons = [r for r in page.told(name.iri) if r.fact and r.basis != "reference"]
    dates = page.reasons_of_dates(name.iri)
    first = [reason for reason in reasons if reason.statement.predicate.value != page.date][:1]
    what = Value("", name, None, page.status(name.iri))
    return Row(((Value("", None, dated),), (what,)), join(page, [*first, *dates]))


def _only_a_number(page: Page, name: Name) -> bool:
    """Whether a thing is no more than a number, as a count is."""
    return page.headings.joins(page.types(name.iri)) and number_of(page, name.iri) is not None


def _undated(page: Page) -> list[Row]:
    """The events that have no date, each with the words that tell of it first."""
    kg = iris.ontology(page.base)
    query = (
        f"SELECT DISTINCT ?thing {{ ?thing a <{SCHEMA}Event> FILTER NOT EXISTS {{ ?thing <{kg}date> ?date }} "
        f"FILTER(STRSTARTS(STR(?thing), '{iris.entity(page.base, '')}')) }} LIMIT {MOST}"
    )
    names = [page.name(text_of(row[0])) for row in run(page.opened.store, query, page.opened.prefixes, base=page.base)]
    found = []
    for name in sorted(names, key=lambda name: name.label.casefold()):
        reasons = [r for r in page.told(name.iri) if r.fact and r.basis != "reference"]
        if reasons:
            value = Value("", name, None, page.status(name.iri))
            found.append(Row(((value,),), join(page, reasons[:1])))
    return found


def timeline_page(opened: Opened, root: str) -> bytes:
    """The years in which something happened, and the events without a date."""
    page = Page(opened, root)
    return show(
        "timeline",
        opened,
        root,
        "Timeline",
        place="timeline",
        years=years(opened),
        year=None,
        blocks=[("Without a date", Block("", ("What",), tuple(undated)))] if (undated := _undated(page)) else [],
        undated=len(undated),
        iri=f"{opened.base}timeline",
    )
