"""Error: the page of what went wrong."""

from collections.abc import Mapping
from typing import Any

from kg.pages.render import show
from kg.query.opened import Opened

_ERRORS = {
    404: ("Nothing is here", "The address may be mistyped, or the thing may have another name. Search for it:"),
    400: ("That could not be read", "Something in the question is not as it should be:"),
    422: ("That is too much at once", "The answer is larger than this server gives:"),
    403: ("That is not allowed here", "This graph can be read by anybody and changed by nobody:"),
    406: ("Not in that form", "This page does not come in the form that was asked for:"),
    503: ("Too much to do", "The server has its hands full with other questions:"),
    504: ("That took too long", "The question was stopped, so that others get their answers:"),
}


def error_page(opened: Opened, root: str, found: Mapping[str, Any]) -> bytes:
    """What went wrong, and what to do next."""
    title, lead = _ERRORS.get(found["status"], (found["title"], "This is what went wrong:"))
    return show("error", opened, root, title, lead=lead, problem=found)
