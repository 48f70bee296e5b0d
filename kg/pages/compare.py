"""Compare: two or three things side by side, heading by heading."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple
from urllib.parse import urlencode

from kg.errors import QueryError
from kg.pages.entity import Thing, thing
from kg.pages.explore import MOST_CHOICES
from kg.pages.model import Because, Name, Value
from kg.pages.page import Page
from kg.pages.render import show
from kg.pages.sections import Section
from kg.query.labels import find_entity
from kg.query.opened import Opened
from kg.rdf import iris
from kg.release import search
from kg.release.search import Wanted

MOST_COMPARED = 3


MOST_TOLD = 6  # values of a thing under one heading, where things stand side by side


class Told(NamedTuple):
    """What is told of a thing under a heading: values of the same words."""

    values: tuple[Value, ...]
    because: Because


class Side(NamedTuple):
    """What is told of one of several things under a heading, how much more there is, and where."""

    told: tuple[Told, ...]
    more: int
    href: str


def compare_page(opened: Opened, root: str, names: Sequence[str]) -> bytes:
    """Two or three things side by side, heading by heading; of one, what it can be compared with.

    QueryError where the graph has no such thing, or there are more.
    """
    page = Page(opened, root)
    wished = list(dict.fromkeys(names))
    if not 0 < len(wished) <= MOST_COMPARED:
        raise QueryError(f"two or three things can be compared, not {len(wished)}; choose them in a list of /explore")
    found = list(dict.fromkeys(_found(page, name) for name in wished))
    if apart := [iri for iri in found if iri not in search.things(opened.index, found)]:
        raise QueryError(
            f"{page.name(apart[0]).label[:80]} is not a thing that can be compared; choose in a list of /explore"
        )
    things = [thing(page, iri) for iri in found]
    sides = [dict(_sides(page, one)) for one in things]
    headings = dict.fromkeys(heading for side in sides for heading in side)
    labels = [one.name.label for one in things]
    return show(
        "compare",
        opened,
        root,
        f"Compare {' and '.join(labels) if len(labels) < 3 else ', '.join(labels)}",
        place="explore",
        things=things,
        kind=things[0].types[0].label if things[0].types else "thing",
        rows=[(heading, [side.get(heading) for side in sides]) for heading in headings] if len(found) > 1 else [],
        others=_others(page, found) if len(found) < MOST_COMPARED else [],
    )


def _found(page: Page, name: str) -> str:
    try:
        return find_entity(name, page.opened.store, page.base, page.opened.prefixes).value
    except ValueError as error:
        raise QueryError(str(error)) from None


def _others(page: Page, found: Sequence[str]) -> list[Name]:
    """The things of the kind of the first that are not compared yet, each with the address that compares it too."""
    kind = next(iter(search.things(page.opened.index, found[:1])[found[0]].types[:1]), "")
    hits = search.listed(page.opened.index, Wanted({"kind": kind} if kind else {}), "name", MOST_CHOICES)
    given = [("thing", iris.slug(page.base, iri)) for iri in found]
    return [
        page.name(hit.iri)._replace(
            href=f"{page.root}compare?{urlencode([*given, ('thing', iris.slug(page.base, hit.iri))])}"
        )
        for hit in hits
        if hit.iri not in found
    ]


def _sides(page: Page, one: Thing) -> Iterator[tuple[str, Side]]:
    """What is told of a thing, by heading."""
    for section in one.before:
        yield section.heading, _side(one, section.anchor, list(_of_section(section)))
    for group in one.groups:
        yield group.label, _side(one, group.anchor, [Told(entry.values, entry.because) for entry in group.entries])
    for section in one.after:
        yield section.heading, _side(one, section.anchor, list(_of_section(section)))


def _of_section(section: Section) -> Iterator[Told]:
    for block in section.blocks:
        for row in block.rows:
            yield Told(tuple(value for cell in row.cells for value in cell), row.because)
        for entry in block.entries:
            yield Told(entry.values, entry.because)


def _side(one: Thing, anchor: str, told: Sequence[Told]) -> Side:
    return Side(tuple(told[:MOST_TOLD]), max(0, len(told) - MOST_TOLD), f"{one.name.href}#{anchor}")
