"""Home: the first page."""

from collections import Counter

import pyoxigraph as px

from kg.pages import charts
from kg.pages.model import Name, Page
from kg.pages.render import alternates, show
from kg.pages.schema_org import of_dataset
from kg.query.opened import Opened
from kg.rdf.terms import SAME, text_of
from kg.release import search

COUNTRY = "http://publications.europa.eu/resource/authority/country/"  # ISO 3166-1 alpha-3 codes as IRIs


def home_page(opened: Opened, root: str) -> bytes:
    """The first page: what the graph is about, in numbers, in time, on the map."""
    page = Page(opened, root)
    counts = opened.release.manifest["counts"]
    kinds = Counter(page.name(hit.iri).kind for hit in search.most(opened.index, 100_000))
    numbers = [(counts.get("facts", 0), "facts")] + [
        (kinds[kind], plural)
        for kind, plural in (
            ("organization", "organizations"),
            ("person", "people"),
            ("event", "events"),
            ("place", "places"),
            ("document", "documents"),
        )
    ]
    things = search.most(opened.index, 400)
    dated = [
        (page.name(hit.iri), d) for hit in things if (d := page.dated(hit.iri)) and page.name(hit.iri).kind == "event"
    ]
    return show(
        "home",
        opened,
        root,
        opened.release.manifest["title"] or "A graph",
        place="home",
        numbers=[(number, word) for number, word in numbers if number],
        timeline=charts.timeline(dated[:60]),
        dates=sorted(dated[:60], key=lambda pair: (pair[1].earliest or (9999, 1, 1), pair[0].label)),
        world=charts.world(_countries(page)),
        first=[(page.name(hit.iri), int(hit.score)) for hit in things if page.name(hit.iri).kind][:20],
        iri=opened.base,
        alternates=alternates("dataset"),
        data=of_dataset(opened),
    )


def _countries(page: Page) -> dict[str, Name]:
    """The countries of the graph by ISO 3166-1 alpha-3, as what they are the same as in the EU's list says."""
    found = {}
    for same in map(px.NamedNode, SAME):
        for quad in page.opened.store.quads_for_pattern(None, same, None, px.DefaultGraph()):
            if text_of(quad.object).startswith(COUNTRY):
                found[text_of(quad.object).removeprefix(COUNTRY)] = page.name(text_of(quad.subject))
    return found
