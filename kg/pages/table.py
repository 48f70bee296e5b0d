"""Table: a source that is a table, a page of its rows at a time, each with what is derived from it."""

import csv
from typing import NamedTuple

import pyoxigraph as px

from kg.pages.model import Name
from kg.pages.page import Page
from kg.pages.render import Alternate, alternates, show
from kg.query.opened import Opened
from kg.rdf import iris
from kg.rdf.terms import DC, DCTERMS, PROV, SCHEMA, text_of
from kg.release.rows import rows


class Row(NamedTuple):
    """A row of a table: its number in the file, its cells, and the things that are derived from it."""

    number: int
    cells: tuple[str, ...]
    things: tuple[Name, ...]


MOST_CELL = 120  # characters of a cell that are shown


def table_page(opened: Opened, root: str, iri: str) -> bytes:
    """The page of a table that begins with a row, as its address says; the first where it says none."""
    page = Page(opened, root)
    ident = iris.source_id(opened.base, iri)
    table = iris.source(opened.base, ident)
    about = opened.release.manifest["tables"][ident]
    begin = int(iri.rpartition("/")[2]) if iri != table else about["header"] + 1
    header = [text for _, text in rows(opened.release.path, ident, about["header"], about["header"])]
    found = rows(opened.release.path, ident, max(begin, about["header"] + 1), iris.first_row(begin) + iris.ROWS - 1)
    told = [Row(number, _cells(text), tuple(_derived(page, table, number))) for number, text in found]
    last = about["header"] + about["rows"]
    said = {quad.predicate.value: text_of(quad.object) for quad in opened.dataset.about(table)}
    title = said.get(DCTERMS + "title") or said.get(DC + "title") or ident
    return show(
        "table",
        opened,
        root,
        title if begin <= about["header"] + 1 else f"{title}, rows {begin:,} to {told[-1].number if told else begin:,}",
        place="sources",
        heading=title,
        ident=ident,
        columns=_cells(header[0]) if header else (),
        rows=told,
        whole=about["rows"],
        before=begin - iris.ROWS if begin - iris.ROWS > 0 and begin > about["header"] + 1 else 0,
        after=iris.first_row(begin) + iris.ROWS if iris.first_row(begin) + iris.ROWS <= last else 0,
        last=iris.first_row(last),
        publisher=said.get(DC + "publisher", ""),
        rights=said.get(DC + "rights") or said.get(DCTERMS + "license", ""),
        url=said.get(SCHEMA + "url") or said.get(DCTERMS + "source", ""),
        sha256=said.get(SCHEMA + "sha256", ""),
        iri=table,
        alternates=(*alternates(ident), Alternate("CSV", "text/csv", f"{ident}.csv")),
        data={"@context": "https://schema.org", "@id": table, "@type": "Dataset", "name": title},
    )


def _cells(text: str) -> tuple[str, ...]:
    cells = next(csv.reader([text], strict=False), [])
    return tuple(cell if len(cell) <= MOST_CELL else f"{cell[:MOST_CELL]}…" for cell in cells)


def _derived(page: Page, table: str, number: int) -> list[Name]:
    """The things that are derived from a row, by name."""
    row = px.NamedNode(iris.row(table, number))
    derived = page.opened.store.quads_for_pattern(None, px.NamedNode(PROV + "wasDerivedFrom"), row)
    return sorted((page.name(text_of(quad.subject)) for quad in derived), key=lambda name: (name.label, name.iri))
