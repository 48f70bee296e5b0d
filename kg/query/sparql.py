"""SPARQL: any query asked of a store, safely. Nothing but the store is read, and nothing is changed."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import pyoxigraph as px

from kg.errors import QueryError
from kg.rdf.parse import nesting
from kg.rdf.sparql_text import plain, undeclared
from kg.stores.base import Store

MAX_DEPTH = 200


MAX_LENGTH = 20_000  # without the texts in quotes


MAX_OPERATORS = 1_000


class Graphs(NamedTuple):
    """The RDF dataset that a request asks of (SPARQL 1.1 Protocol, 2.1.4): the graphs' IRIs.

    Both are empty where the request names none; the query's own FROM, or else the whole store, then stands.
    """

    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


WHOLE = Graphs()  # what the query itself says, or the whole store


def run(
    store: Store, text: str, prefixes: Mapping[str, str], graphs: Graphs = WHOLE, *, base: str | None = None
) -> Any:
    """pyoxigraph's results of a query on the store; QueryError with line and column where it is not SPARQL.

    Nothing outside the store is read: SERVICE is refused, FROM names graphs of the store only, and updates are no
    queries. `prefixes` stand for those that the query does not declare, `base` is what its relative IRIs are relative
    to.
    """
    refuse_depth(text)
    refuse_service(text, prefixes, base)
    chosen: dict[str, Any] = {}
    if graphs.default or graphs.named:
        chosen["default_graph"] = [px.NamedNode(iri) for iri in graphs.default]
        chosen["named_graphs"] = [px.NamedNode(iri) for iri in graphs.named]
    try:
        return store.query(text, base_iri=base, prefixes=dict(prefixes), **chosen)
    except SyntaxError as error:
        if update := _update(text):
            message = f"{update} is an update; a release never changes, edit the facts and `kg build`"
            raise QueryError(message, "refused") from None
        message = f"not SPARQL: {plain(str(error.msg))}{undeclared(text, prefixes)}"
        raise QueryError(message, "syntax", *_place(error)) from None
    except (ValueError, OSError, RuntimeError) as error:
        raise QueryError(f"the query cannot be answered: {error}") from None


def _place(error: SyntaxError) -> tuple[int, int]:
    """The line and column that the engine names in its message, from 1; the query's beginning where it names none."""
    found = re.match(r"error at (\d+):(\d+): ", str(error.msg))
    return (int(found[1]), int(found[2])) if found else (1, 1)


def _update(text: str) -> str:
    """The keyword of the update that text is instead of a query, or ""."""
    words = "INSERT|DELETE|LOAD|CLEAR|DROP|CREATE|ADD|MOVE|COPY|WITH"
    found = re.match(rf"(?:\s|#.*$|(?:PREFIX|BASE)[^>]*>)*({words})\b", text, re.MULTILINE | re.IGNORECASE)
    return found[1].upper() if found else ""


def refuse_service(text: str, prefixes: Mapping[str, str], base: str | None = None) -> None:
    """Raise QueryError where a query asks another server (SPARQL 1.1 Federated Query).

    The engine's own parser decides: with each "service" turned into a word that is no keyword, a query that has it
    only in texts, names and comments is still a query, and one that has it as a keyword is none.
    """
    letters = re.sub(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})", _hidden_letter, text)
    probe = re.sub("service", "zzzzzzz", letters, flags=re.IGNORECASE)
    if probe == text:
        return
    try:
        px.Store().query(probe, base_iri=base, prefixes=dict(prefixes))
    except (SyntaxError, ValueError, RuntimeError) as error:
        said = plain(str(getattr(error, "msg", error)))
        message = "SERVICE asks another server, and kg answers from this graph only"
        raise QueryError(f"{message}; without it the query is not SPARQL: {said}", "refused") from None


def _hidden_letter(escape: re.Match[str]) -> str:
    """An escape that could hide a letter of the keyword, as a letter that is not one; any other as it is."""
    code = int(escape[1] or escape[2], 16)
    return r"\u007a" if code < 128 and chr(code) in "serviceSERVICE" else escape[0]


def refuse_depth(text: str) -> None:
    """Raise QueryError where a query is so long or deep that the engine's parser would run out of stack."""
    without_texts = re.sub(r'"(?:[^"\\\n]|\\.)*"', " ", text)
    if len(without_texts) > MAX_LENGTH:
        raise QueryError(
            f"{len(without_texts):,} characters, at most {MAX_LENGTH:,} are read; write a shorter query", "limit"
        )
    operators = len(re.findall(r"[!+*/|&-]", re.sub(r"<[^<>\s]*>", " ", without_texts)))
    if operators > MAX_OPERATORS:
        raise QueryError(f"{operators:,} operators, at most {MAX_OPERATORS:,} are read; write a shorter query", "limit")
    depth = nesting(re.findall(r"[{(\[\])}]", without_texts), "{([")
    if depth > MAX_DEPTH:
        raise QueryError(f"brackets nest {depth} deep, at most {MAX_DEPTH} are read; write a flatter query", "limit")


def form(text: str) -> str:
    """The form of a query that has been read once: SELECT, ASK, CONSTRUCT or DESCRIBE.

    >>> form("PREFIX select: <http://x/#ask>\\n# ASK\\nCONSTRUCT WHERE { ?s ?p ?o }")
    'CONSTRUCT'
    """
    bare = re.sub(r"#.*|[\w-]*:", " ", re.sub(r"<[^<>\s]*>", " ", text))
    found = re.search(r"\b(SELECT|ASK|CONSTRUCT|DESCRIBE)\b", bare, re.IGNORECASE)
    return found[1].upper() if found else "SELECT"
