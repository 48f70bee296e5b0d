"""Results: the answer of a query as a table, CSV, TSV, JSON, XML or RDF.

The W3C formats are pyoxigraph's; the table is for people, with labels beside IRIs.
"""

import csv
import io
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, Any, NamedTuple

import pyoxigraph as px

from kg.errors import QueryError, StoreError, printable
from kg.query.labels import label
from kg.rdf.formats import FORMATS, GRAPHS, SHEETS
from kg.rdf.serialize import serialize, xml
from kg.rdf.terms import shorten, text_of, text_of_cell
from kg.stores.base import Store

# What stands at least once in the bytes of each row of a format; a text within a row may hold it too.
_ROW = {"tsv": b"\n", "json": b"}", "xml": b"<result>"}


class Limits(NamedTuple):
    """What an answer may hold: rows of a table or triples of a graph, and bytes."""

    rows: int
    bytes: int


class Answer(NamedTuple):
    """An answer, ready to be sent: the name of the format, "table", "graph" or "yes or no", and the body.

    A large body is in `file`, which belongs to the reader and is to be deleted by it. `seconds` is the time it took.
    """

    format: str
    kind: str
    body: bytes
    file: Path | None
    seconds: float


class UnansweredError(StoreError):
    """A query that was not answered: `reason` is "time", "memory", "busy" or "lost" (the worker ended of itself)."""

    def __init__(self, reason: str, message: str) -> None:
        self.reason = reason
        super().__init__(message)


@contextmanager
def answering() -> Iterator[None]:
    """Turn what goes wrong while a query is being answered into QueryError."""
    try:
        yield
    except (RuntimeError, ValueError, OSError) as error:
        raise QueryError(f"the query cannot be answered: {error}") from None


@answering()
def write_results(results: Any, name: str, prefixes: Mapping[str, str], limits: Limits | None = None) -> bytes:
    """The results in a format by name: one of SHEETS for rows and yes or no, one of GRAPHS for a graph.

    An answer is whole or it is a QueryError: what would pass the limits is never cut off. UnwritableError where what
    stands in the answer cannot stand in the format.
    """
    graph = isinstance(results, px.QueryTriples)
    if name not in (GRAPHS if graph else SHEETS):
        made, fitting = ("graph", GRAPHS) if graph else ("table", ("table", *SHEETS))
        raise QueryError(f"this query makes a {made}; give it as {', '.join(fitting)}, not {name}", "format")
    if graph:
        triples = sorted(set(results if limits is None else _at_most(results, limits.rows)), key=str)
        data = serialize(triples, FORMATS[name].syntax, prefixes)
    elif isinstance(results, px.QueryBoolean) and not FORMATS[name].table.endswith(("JSON", "XML")):
        return b"true\n" if results else b"false\n"
    else:
        data = _table(results, name, limits)
    if limits is not None and len(data) > limits.bytes:
        raise too_large(limits)
    return data


def _table(results: Any, name: str, limits: Limits | None) -> bytes:
    """Rows, or yes or no, in a format."""
    if name in ("csv", "xlsx"):
        columns = [variable.value for variable in results.variables]
        return table(columns, results if limits is None else at_most(results, limits.rows), name, limits)
    with _capped(limits) as out:
        results.serialize(out, format=FORMATS[name].results)
    data = out.getvalue()
    counted = limits is not None and name in _ROW and isinstance(results, px.QuerySolutions)
    if limits is not None and counted and row_count(data, name, limits.rows) > limits.rows:
        raise too_many(limits.rows)
    return xml(data, "take JSON, CSV or TSV") if name == "xml" else data


@answering()
def table(columns: Sequence[str], rows: Iterable[Any], kind: str, limits: Limits | None = None) -> bytes:
    """Rows of terms as `write_rows` gives them; QueryError where they have more bytes than they may have."""
    with _capped(limits if kind == "csv" else None) as out:  # a workbook is written at its end
        write_rows(columns, rows, kind, out)
    data = out.getvalue()
    if limits is not None and len(data) > limits.bytes:
        raise too_large(limits)
    return data


@contextmanager
def _capped(limits: Limits | None) -> Iterator[io.BytesIO]:
    """What an answer is written into, which QueryError says is full."""
    if limits is None:
        yield io.BytesIO()
        return
    out = _Capped(limits)
    try:
        yield out
    except OSError:
        if not out.full:
            raise
        raise too_large(limits) from None


def write_rows(columns: Sequence[str], rows: Iterable[Any], kind: str, out: IO[bytes]) -> None:
    """Write rows of terms as they come: as a workbook, `xlsx`, or as `csv` (SPARQL 1.1 CSV, 3; RFC 4180), where
    whatever has a comma, a quote or a line end is quoted.
    """
    if kind == "xlsx":
        from kg.query.spreadsheet import write_workbook  # with what it needs

        write_workbook(columns, rows, out)
        return
    deque(through_csv(columns, rows, out), maxlen=0)


def through_csv(columns: Sequence[str], rows: Iterable[Any], out: IO[bytes]) -> Iterator[Any]:
    """Rows of terms, each written as CSV on its way to who asks for it: what is dear to make is made once."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([text_of_cell(term) for term in row])
        if text.tell() > _PORTION:
            out.write(text.getvalue().encode())
            text.seek(0)
            text.truncate()
        yield row
    out.write(text.getvalue().encode())


_PORTION = 1 << 16


NARROW = "add a LIMIT and an OFFSET, or narrow the query"


def at_most(rows: Iterable[Any], most: int, advice: str = NARROW) -> Iterator[Any]:
    """Rows of which there are no more than a number; QueryError, with what to do, where there are."""
    for number, row in enumerate(rows, 1):
        if number > most:
            raise too_many(most, advice)
        yield row


class _Capped(io.BytesIO):
    """Bytes that refuse to grow past a limit."""

    def __init__(self, limits: Limits) -> None:
        super().__init__()
        self._most, self.full = limits.bytes, False

    def write(self, data: Any) -> int:
        """Write, or raise OSError where that would pass the limit."""
        if self.tell() + len(data) > self._most:
            self.full = True
            raise OSError("full")
        return super().write(data)


def too_large(limits: Limits | None) -> QueryError:
    """What is raised where an answer has more bytes than it may have."""
    most = limits.bytes if limits else 0
    return QueryError(f"the answer has more than {most:,} bytes; add a LIMIT, or ask for fewer columns", "limit")


def too_many(most: int, advice: str = NARROW) -> QueryError:
    """What is raised where an answer has more rows than it may have."""
    return QueryError(f"the answer has more than {most:,} rows; {advice}", "limit")


def _at_most(results: Any, most: int) -> list[Any]:
    """The triples of a graph, each once; QueryError where there are more than `most`."""
    seen: set[Any] = set()
    for triple in results:
        seen.add(triple)
        if len(seen) > most:
            raise too_many(most)
    return list(seen)


def row_count(data: bytes, name: str, enough: int) -> int:
    """How many rows a table in a format has, or a number at most `enough` that is no smaller.

    The engine writes a table at once, so rows are counted in what it wrote: by what stands in every row, and only where
    that may count too much, by reading the table.

    >>> row_count(b"?x\\n1\\n2\\n", "tsv", 1)
    2
    """
    if (most := data.count(_ROW[name])) <= enough:
        return most
    found: Any = px.parse_query_results(data, format=FORMATS[name].results)
    return sum(1 for _ in islice(found, enough + 1))


@answering()
def rows(results: Any, store: Store, prefixes: Mapping[str, str]) -> tuple[list[str], list[list[str]]]:
    """The columns and cells of a table for people."""
    if isinstance(results, px.QueryBoolean):
        return ["answer"], [["yes" if results else "no"]]
    columns = [variable.value for variable in results.variables]
    return columns, cells(columns, results, store, prefixes)


def cells(
    columns: list[str], rows: Iterable[Iterable[Any]], store: Store, prefixes: Mapping[str, str]
) -> list[list[str]]:
    """The terms of rows as people read them."""
    show = _shower(store, prefixes, columns)
    return [[show(term, column) for term, column in zip(row, columns, strict=True)] for row in rows]


def _shower(store: Store, prefixes: Mapping[str, str], columns: list[str]) -> Callable[[Any, str], str]:
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
