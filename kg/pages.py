"""Pages: the graph as people read it. A view model of plain data for each kind of page, and the templates that print
it."""

from collections.abc import Iterable, Sequence
from typing import Any

from kg.errors import KgError, QueryError
from kg.live import Live
from kg.pool import Answer
from kg.queries import CannedQuery
from kg.responses import Reply
from kg.search import Hit
from kg.sparql import form


def _p(t: str) -> bytes:
    """A page."""
    return f"<!doctype html><title>{t}</title><h1>{t}</h1>".encode()


def makes_graph(q: CannedQuery) -> bool:
    """Whether a canned query makes a graph, not a table."""
    return form(q.text) in ("CONSTRUCT", "DESCRIBE")


def document(live: Live, root: str, iri: str) -> bytes:
    """A page."""
    return _p(iri)


def graph(live: Live, root: str, stem: str) -> bytes:
    """A page."""
    return _p(stem)


def home(live: Live, root: str) -> bytes:
    """A page."""
    return _p("home")


def dataset(live: Live, root: str) -> bytes:
    """A page."""
    return _p("dataset")


def sparql(live: Live, root: str, text: str = "", answer: Answer | None = None) -> bytes:
    """A page."""
    return _p("sparql")


def sparql_error(live: Live, root: str, text: str, error: KgError) -> Reply:
    """A page."""
    raise error


def questions(live: Live, root: str) -> bytes:
    """A page."""
    return _p("questions")


def question(live: Live, root: str, canned: CannedQuery, values: dict[str, str], answer: Answer | QueryError) -> bytes:
    """A page."""
    return _p("question")


def results(live: Live, root: str, text: str, hits: Sequence[Hit]) -> bytes:
    """A page."""
    return _p("results")


def preview(live: Live, root: str, hit: Hit) -> bytes:
    """A page."""
    return _p("preview")


def validation(live: Live, root: str) -> bytes:
    """A page."""
    return _p("validation")


def error(live: Live, root: str, found: dict[str, Any]) -> bytes:
    """A page."""
    return _p("error")


def static(name: str) -> tuple[str, bytes] | None:
    """A page."""
    return None


def address(live: Live, url: str, iri: str) -> str:
    """A page."""
    return url + iri.removeprefix(live.base) if iri.startswith(live.base) else iri


def addresses(live: Live) -> Iterable[str]:
    """A page."""
    return []
