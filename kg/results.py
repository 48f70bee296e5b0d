"""Results: the answer of a query as a table, CSV, TSV, JSON, XML or RDF.

The W3C formats are pyoxigraph's; the table is for people, with labels beside IRIs.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pyoxigraph as px

from kg.errors import QueryError, printable
from kg.queries import label
from kg.rdf import FORMATS, serialize, shorten, text_of

RESULTS = {
    "csv": px.QueryResultsFormat.CSV,
    "tsv": px.QueryResultsFormat.TSV,
    "json": px.QueryResultsFormat.JSON,
    "xml": px.QueryResultsFormat.XML,
}


@contextmanager
def answering() -> Iterator[None]:
    """Turn what goes wrong while a query is being answered into QueryError."""
    try:
        yield
    except (RuntimeError, ValueError, OSError) as error:
        raise QueryError(f"the query cannot be answered: {error}") from None


@answering()
def write_results(results: Any, name: str, prefixes: Mapping[str, str]) -> bytes:
    """The results in a format by name: one of RESULTS for rows and yes or no, one of rdf.FORMATS for a graph."""
    if isinstance(results, px.QueryTriples):
        if name not in FORMATS:
            raise QueryError(f"this query makes a graph; give it as {', '.join(FORMATS)}, not {name}")
        ordered = sorted(set(results), key=str)
        syntax = FORMATS[name].syntax
        return serialize(ordered, syntax, prefixes)
    if name not in RESULTS:
        raise QueryError(f"this query makes a table; give it as table, {', '.join(RESULTS)}, not {name}")
    if isinstance(results, px.QueryBoolean) and name in ("csv", "tsv"):
        return b"true\n" if results else b"false\n"
    return results.serialize(format=RESULTS[name]) or b""


@answering()
def rows(results: Any, store: px.Store, prefixes: Mapping[str, str]) -> tuple[list[str], list[list[str]]]:
    """The columns and cells of a table for people."""
    if isinstance(results, px.QueryBoolean):
        return ["answer"], [["yes" if results else "no"]]
    columns = [variable.value for variable in results.variables]
    show = _shower(store, prefixes, columns)
    return columns, [[show(solution[column], column) for column in columns] for solution in results]


def _shower(store: px.Store, prefixes: Mapping[str, str], columns: list[str]) -> Callable[[Any, str], str]:
    labels: dict[str, str] = {}

    def show(term: Any, column: str) -> str:
        if term is None:
            return ""
        if isinstance(term, px.NamedNode):
            short = shorten(term.value, dict(prefixes))
            if f"{column}Label" in columns:
                return short
            if term.value not in labels:
                labels[term.value] = label(store, term.value)
            return printable(f"{labels[term.value]}  {short}".strip())
        return printable(text_of(term))

    return show
