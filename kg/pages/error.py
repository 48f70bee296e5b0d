"""Error: the page of what went wrong."""

import re
from collections.abc import Mapping
from typing import Any

from kg.errors import KgError
from kg.pages.model import Name
from kg.pages.page import Page
from kg.pages.render import show
from kg.query.opened import Opened
from kg.rdf import iris
from kg.release import search

_ERRORS = {
    404: ("Nothing is here", "The address may be mistyped, or the thing may have another name. Search for it:"),
    410: ("No longer told of", "An earlier release said something of this, and the current one does not:"),
    400: ("That could not be read", "Something in the question is not as it should be:"),
    422: ("That is too much at once", "The answer is larger than this server gives:"),
    403: ("That is not allowed here", "This graph can be read by anybody and changed by nobody:"),
    406: ("Not in that form", "This page does not come in the form that was asked for:"),
    503: ("Too much to do", "The server has its hands full with other questions:"),
    504: ("That took too long", "The question was stopped, so that others get their answers:"),
}


ALIKE = 60.0  # how alike a name is to be proposed


def error_page(opened: Opened, root: str, found: Mapping[str, Any], path: str = "") -> bytes:
    """What went wrong, and what to do next: what an address that leads nowhere may have meant."""
    title, lead = _ERRORS.get(found["status"], (found["title"], "This is what went wrong:"))
    near = _near(Page(opened, root), path) if found["status"] == 404 else []
    return show("error", opened, root, title, lead=lead, problem=found, near=near)


def _near(page: Page, path: str) -> list[Name]:
    """The things whose names are like the end of an address."""
    text = " ".join(re.findall(r"\w+", iris.local(path).partition(".")[0].replace("_", " ")))[:100]
    if not re.search(r"[^\W\d]", text):  # such as a year
        return []
    try:
        hits = search.search(page.opened.index, search.Wanted({}, text), 5) or search.alike(page.opened.index, text, 5)
    except KgError:  # what is proposed is a help, not an answer
        return []
    return [page.name(hit.iri) for hit in hits if hit.snippet or hit.score >= ALIKE]
