"""Catalogue: every page of a release by its address below the base, for the server, a static site and the sitemap."""

from collections.abc import Callable, Iterator
from html import escape
from itertools import islice

from kg.pages.changes import changes_page
from kg.pages.dataset import dataset_page
from kg.pages.entity import entity_page
from kg.pages.explore import explore_page, list_addresses, list_page
from kg.pages.fact import fact_page
from kg.pages.home import home_page
from kg.pages.query import answer_page, query_list_page, sparql_page
from kg.pages.release import release_page
from kg.pages.source import source_page
from kg.pages.timeline import timeline_page, year_page, years
from kg.pages.validation import validation_page
from kg.pages.vocabulary import graph_page, ontology_page
from kg.query.opened import Opened
from kg.rdf import iris
from kg.release import search
from kg.release.void import GRAPHS

Page = Callable[[Opened, str], bytes]
PageOfThing = Callable[[Opened, str, str], bytes]


def page(opened: Opened, address: str) -> bytes:
    """The page at an address, as `addresses` gives it; KeyError where no page can have such an address.

    Whether the graph knows the thing that the address names is for the caller to ask.
    """
    root = root_of(address)
    if address in PAGES:
        return PAGES[address](opened, root)
    folder = address.partition("/")[0]
    return FOLDERS[folder](opened, root, opened.base + address.removesuffix(".html").removesuffix("/"))


def addresses(opened: Opened) -> Iterator[str]:
    """The addresses of all pages: those that people begin with, then sources, things by how much names them, facts."""
    yield from PAGES
    for name in opened.queries:
        yield f"query/{name}"
    for year in years(opened):
        yield f"timeline/{year.year}"
    for iri in _things(opened):
        yield iris.address(opened.base, iri)


def _things(opened: Opened) -> Iterator[str]:
    base = opened.base
    yield from (iris.source(base, ident) for ident in opened.sources)
    yield from search.every(opened.index)
    yield from (iris.graph(base, name) for name in GRAPHS)
    yield from (iris.release(base, version.name) for version in opened.versions)
    if opened.dataset.about(iris.curators(base)):
        yield iris.curators(base)
    yield from opened.dataset.subjects(iris.fact(base, ""))


def site_map(opened: Opened) -> bytes:
    """The addresses of the pages (sitemaps.org protocol 0.9), sorted; the protocol allows 50,000."""
    found = sorted(opened.base + address for address in islice(addresses(opened), 50_000))
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">']
    lines += [f"<url><loc>{escape(iri, quote=False)}</loc></url>" for iri in found]
    return "\n".join([*lines, "</urlset>", ""]).encode()


def parts(opened: Opened) -> Iterator[str]:
    """The addresses of pages that `addresses` leaves out, since a server has them by their fields or by their rows: the
    lists of things, by one facet or none, and the rows of tables.
    """
    yield from list_addresses(opened)
    for ident, about in opened.release.manifest.get("tables", {}).items():
        for first in range(1, about["rows"] + about["header"] + 1, iris.ROWS):
            yield f"source/{ident}/{first}"


def root_of(address: str) -> str:
    """What leads from an address to the root of the site.

    >>> root_of(""), root_of("id/kofi-annan.html"), root_of("reconcile/suggest/type")
    ('./', '../', '../../')
    """
    return "../" * address.count("/") or "./"


PAGES: dict[str, Page] = {
    "": home_page,
    "query": query_list_page,
    "sparql": sparql_page,
    "dataset": dataset_page,
    "changes": changes_page,
    "validation": validation_page,
    "ontology": ontology_page,
    "timeline": timeline_page,
    "explore": explore_page,
}
FOLDERS: dict[str, PageOfThing] = {
    "id": entity_page,
    "curators": entity_page,
    "fact": fact_page,
    "source": source_page,
    "graph": graph_page,
    "query": answer_page,
    "release": release_page,
    "explore": list_page,
    "timeline": year_page,
}
