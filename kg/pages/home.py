"""Home: the first page."""

from collections.abc import Iterable

import pyoxigraph as px

from kg.pages import charts
from kg.pages.explore import kinds, plural
from kg.pages.model import Dated, Name
from kg.pages.page import Page
from kg.pages.query import line_of
from kg.pages.render import alternates, show
from kg.pages.schema_org import of_dataset
from kg.pages.sections import incoming
from kg.query.opened import Opened
from kg.rdf.terms import SAME, text_of
from kg.release import search

COUNTRY = "http://publications.europa.eu/resource/authority/country/"  # ISO 3166-1 alpha-3 codes as IRIs


def home_page(opened: Opened, root: str) -> bytes:
    """The first page: what the graph is about, in numbers, in time, on the map."""
    page = Page(opened, root)
    counts = opened.release.manifest["counts"]
    lists = kinds(page)
    numbers = [(counts.get("facts", 0), "facts", f"{root}validation")]
    numbers += [(lists[kind].things, plural(kind), lists[kind].href) for kind in KINDS if kind in lists]
    things = search.most(opened.index, 400)
    dated = [
        (page.name(hit.iri), d, page.name(hit.types[0]).label if hit.types else "")
        for hit in things
        if (d := page.dated(hit.iri)) and page.name(hit.iri).kind == "event"
    ]
    return show(
        "home",
        opened,
        root,
        opened.release.manifest["title"] or "A graph",
        place="home",
        numbers=[number for number in numbers if number[0]],
        questions=[(query, line_of(page, query)) for query in opened.queries.values() if query.featured][:QUESTIONS],
        years=charts.years(dated),
        by_year=_by_year(dated),
        world=charts.world(_countries(page)),
        first=[page.name(hit.iri) for hit in things if page.name(hit.iri).kind][:20],
        iri=opened.base,
        alternates=alternates("dataset"),
        data=of_dataset(opened),
    )


QUESTIONS = 8  # of the first page
KINDS = ("organization", "person", "event", "place", "document")  # that the first page counts


def _by_year(dated: Iterable[tuple[Name, Dated, str]]) -> list[tuple[int, list[tuple[str, list[Name]]]]]:
    """Dated things by the year in which they begin, those of one date together."""
    found: dict[int, dict[str, list[Name]]] = {}
    for name, when, _ in sorted(dated, key=lambda item: (item[1].earliest or (0, 0, 0), item[0].label)):
        if when.earliest:
            found.setdefault(when.earliest[0], {}).setdefault(when.text, []).append(name)
    return sorted((year, list(dates.items())) for year, dates in found.items())


def _countries(page: Page) -> dict[str, tuple[Name, str]]:
    """The countries of the graph by ISO 3166-1 alpha-3, as what they are the same as in the EU's list says, with what
    they, or those who act for them, did.
    """
    found = {}
    for same in map(px.NamedNode, SAME):
        for quad in page.opened.store.quads_for_pattern(None, same, None, px.DefaultGraph()):
            if text_of(quad.object).startswith(COUNTRY):
                iri = text_of(quad.subject)
                found[text_of(quad.object).removeprefix(COUNTRY)] = page.name(iri), _role(page, iri)
    return found


def _role(page: Page, iri: str) -> str:
    """What a country did, as its map says."""
    roles = {one.predicate for one in incoming(page, iri)} & page.headings.roles.keys()
    first = min(roles, key=lambda term: (page.headings.order((term,)), term), default="")
    return page.headings.roles.get(first, "mentioned")
