"""Search: the page of what a search found, and the preview of a thing."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from kg.pages.entity import Glance, glance_of, thing
from kg.pages.explore import explore_href
from kg.pages.model import NAMING, Name
from kg.pages.page import Page
from kg.pages.query import line_of
from kg.pages.render import escaped, show
from kg.query.finding import Sought, find
from kg.query.opened import Opened
from kg.release import search

TOLD = 3  # things of which what is said first is told too
START, END = "\ue000", "\ue001"  # around what was found; no text has these private characters


class Result(NamedTuple):
    """A thing that a search found: its name and kind, other names, and where it was found, what was found at the odd
    places of `pieces`; `alike` are the things that were found in the same words, `glance` what is said of it first."""

    name: Name
    kind: str
    others: tuple[str, ...]
    pieces: tuple[str, ...]
    alike: tuple[Name, ...] = ()
    glance: tuple[Glance, ...] = ()


def results_page(opened: Opened, root: str, sought: Sought) -> bytes:
    """What a text leads to: questions, things with what was found in them marked, terms of the vocabulary."""
    page = Page(opened, root)
    text, most, type_, skip = sought
    found = find(opened, sought, (START, END))
    results = [
        Result(
            page.name(hit.iri),
            page.name(hit.types[0]).label if hit.types else "",
            hit.others,
            tuple(re.split(f"[{START}{END}]", hit.snippet)),
        )
        for hit in found.hits
    ]
    shown, results = skip + len(results), _together(results)
    results[:TOLD] = [
        one._replace(glance=tuple(glance_of(page, one.name.iri, thing(page, one.name.iri)))) for one in results[:TOLD]
    ]
    more = f"q={escaped(text)}&type={escaped(type_)}&limit={most}&offset={shown}" if shown < found.total else ""
    title = f"Search: {text}" if text.strip() else "Search"
    return show(
        "search",
        opened,
        root,
        title,
        text=text,
        found=found,
        lines=[line_of(page, query) for query in found.queries],
        results=results,
        terms=[(page.name(term.iri)._replace(label=term.label), term) for term in found.terms],
        first=skip + 1,
        shown=shown,
        more=more,
        narrow=explore_href(root, {}, found.respelled or text),
    )


def search_page(opened: Opened, root: str) -> bytes:
    """The page on which a script searches, where no server does."""
    return show("search", opened, root, "Search", text="", found=None)


def _together(results: Iterable[Result]) -> list[Result]:
    """Results of which those that were found in the same words stand with the first of them."""
    found: dict[tuple[str, ...], Result] = {}
    for one in results:
        key = one.pieces if "".join(one.pieces) != one.name.label else (one.name.iri,)
        first = found.get(key)
        found[key] = first._replace(alike=(*first.alike, one.name)) if first else one
    return list(found.values())


def preview_page(opened: Opened, root: str, hit: search.Hit) -> bytes:
    """A thing in a few lines, for a reconciliation client."""
    page = Page(opened, root)
    reasons = [r for r in page.told(hit.iri) if r.fact and r.basis != "reference"]
    groups = [group for group in page.groups(reasons) if group.iri not in NAMING]
    types = [page.name(type_).label for type_ in hit.types[:1]]
    return show("preview", opened, root, hit.label, name=page.name(hit.iri), types=types, groups=groups[:2])
