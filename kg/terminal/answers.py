"""Answers: the canned queries, and what a query answers, as a table or in a format."""

import csv
import io
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from kg.terminal.notes import note
from kg.terminal.reasons import term

if TYPE_CHECKING:
    from kg.query.canned import CannedQuery
    from kg.rdf.terms import Term
    from kg.release.reader import Release
    from kg.stores.base import Store

OFFERED = 12  # values of a parameter, or things that sources disagree about, that are named
DISPUTED = 1000  # things of an answer that are looked up
COLUMN = 40  # characters of a column that a table needs at most, before it is one value below the other


def questions(found: "Sequence[CannedQuery]", base: str) -> None:
    """Print the canned queries by their first tag, each with its parameters and their defaults."""
    import shlex

    from kg.rdf import iris

    if not found:
        note("no canned queries; put one in queries/NAME.rq")
        return
    width = max(len(query.name) for query in found)
    tags = sorted({query.tags[:1] for query in found})
    for tag in tags:
        click.secho(tag[0] if tag else "other", bold=True)
        for query in (query for query in found if query.tags[:1] == tag):
            click.echo(f"  {query.name:<{width}}  {query.summary}")
            for parameter in query.parameters:
                default = getattr(parameter.default, "value", "").removeprefix(iris.entity(base, ""))
                setting = click.style(f"-p {parameter.name}={shlex.quote(default) if default else ''}", dim=True)
                click.echo(f"  {'':<{width}}  {setting}  {click.style(parameter.help, dim=True)}")
    note("Run one with `kg query NAME -p key=value`; every parameter may be left out.")


def table(columns: list[str], cells: list[list[str]]) -> None:
    """Print rows as a table, or one below the other where the terminal is too narrow, and how many there are."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(width=None if sys.stdout.isatty() else 200)
    wide = [max((len(line) for line in column), default=0) for column in zip(columns, *cells, strict=True)]
    if sum(min(one, COLUMN) + 3 for one in wide) > console.width:
        _stacked(columns, cells)
    else:
        table = Table(*columns, box=box.SIMPLE_HEAD, header_style="bold")
        for row in cells:
            table.add_row(*(Text(cell) for cell in row))
        console.print(table)
    note(f"{len(cells):,} row{'' if len(cells) == 1 else 's'}")


class Wish(NamedTuple):
    """How an answer is wanted: its format, None for what suits; its file; what is between cells of CSV for
    spreadsheets, "" for other CSV; with the words of each row; as RFC 4180 and SPARQL have CSV, on stdout too.
    `query` is the canned query that is asked, if one is.
    """

    kind: str | None = None
    file: Path | None = None
    delimiter: str = ""
    words: bool = False
    crlf: bool = False
    query: "CannedQuery | None" = None


def answer(text: str, release: "Release", store: "Store", wish: Wish) -> None:
    """Print the answer to a query, or write it into its file; and where nothing is there, what may be wrong in it.

    On stdout it is a table for people at a terminal, and in a pipe CSV with short names and plain line ends.
    """
    import pyoxigraph as px

    from kg.query.results import write_results
    from kg.query.sparql import run

    if wish.delimiter and wish.kind not in (None, "csv"):
        raise click.UsageError("--excel is for csv; -t xlsx writes a workbook")
    prefixes = release.manifest["prefixes"]
    kind = wish.kind or ("csv" if wish.file or wish.delimiter or not sys.stdout.isatty() else "table")
    plain = kind == "table" or (kind == "csv" and not (wish.file or wish.delimiter or wish.crlf))
    if wish.words:
        from kg.query.receipts import answered, with_words, write_answered
        from kg.release.nquads import Dataset

        found = answered(store, Dataset(release.dataset), text, release)
        if not plain:
            _written(write_answered(found, kind), kind, wish)
            return
        whole = with_words(found)
        _told(kind, whole.columns, whole.rows, store, prefixes)
        rows: Iterable[Iterable[Any]] = found.rows
    else:
        results = run(store, text, prefixes)
        if not isinstance(results, px.QuerySolutions) or not plain:
            kind = "turtle" if isinstance(results, px.QueryTriples) and not wish.kind else kind
            if isinstance(results, px.QueryBoolean) and kind == "table":
                table(["answer"], [["yes" if results else "no"]])
            else:
                _written(write_results(results, kind, prefixes), kind, wish)
            return
        told = [tuple(row) for row in results]
        _told(kind, [variable.value for variable in results.variables], told, store, prefixes)
        rows = told
    _hint(rows, text, release, store)
    _dispute(rows, release, store)
    if wish.query and not any(True for _ in rows):
        _offer(wish.query, text, release, store)


def _hint(rows: Iterable[Iterable[Any]], text: str, release: "Release", store: "Store") -> None:
    """Say what the graph does not have of what a query asks for, where an answer, or a column of it, is empty."""
    columns = list(zip(*rows, strict=True))
    if columns and all(any(value is not None for value in column) for column in columns):
        return
    from kg.query.hints import hints

    manifest = release.manifest
    for hint in hints(text, release.path / "search.sqlite", store, manifest["base"], manifest["prefixes"]):
        note(hint)


def _dispute(rows: Iterable[Iterable[Any]], release: "Release", store: "Store") -> None:
    """Say about which of the things in an answer sources disagree."""
    base, prefixes = release.manifest["base"], release.manifest["prefixes"]
    if len(release.manifest.get("coverage", ())) < 2:
        return
    import pyoxigraph as px

    from kg.query.disagreements import of_things
    from kg.rdf import iris
    from kg.release.nquads import Dataset

    things = {v.value for row in rows for v in row if isinstance(v, px.NamedNode) and iris.is_entity(base, v.value)}
    found = of_things(Dataset(release.dataset), base, sorted(things)[:DISPUTED])
    if names := [term(px.NamedNode(iri), store, prefixes) for iri in dict.fromkeys(one.subject for one in found)]:
        more = f" and {len(names) - OFFERED} more" if len(names) > OFFERED else ""
        note(f"sources disagree about {', '.join(names[:OFFERED])}{more}; kg disagreements tells what each says")


def _offer(query: "CannedQuery", text: str, release: "Release", store: "Store") -> None:
    """Say for what a canned query has answers, where what it was asked for is none of it."""
    from kg.query.canned import values_in, values_of
    from kg.query.sparql import run

    prefixes, base = release.manifest["prefixes"], release.manifest["base"]
    given = values_in(query, text)
    for parameter in query.parameters:
        asked = values_of(query, parameter.name) if parameter.kind == "iri" else None
        found = [row[0] for row in run(store, asked, prefixes, base=base)] if asked else []
        if found and given[parameter.name] not in (None, *found):
            values = sorted(term(value, store, prefixes) for value in found)
            more = f" and {len(values) - OFFERED} more" if len(values) > OFFERED else ""
            note(f"{parameter.name} has answers for {', '.join(values[:OFFERED])}{more}")


def _told(
    kind: str,
    columns: list[str],
    rows: "list[tuple[Term | None, ...]]",
    store: "Store",
    prefixes: dict[str, str],
) -> None:
    """Print rows as a table, or as CSV for other programs of the command line."""
    if kind == "table":
        _table(columns, rows, store, prefixes)
    else:
        _short_csv(columns, rows, prefixes)


def _table(columns: list[str], rows: "list[tuple[Term | None, ...]]", store: "Store", prefixes: dict[str, str]) -> None:
    """Rows as people read them; of their words, without source and fact, which JSON and CSV have."""
    from kg.query.receipts import WORDS
    from kg.query.results import cells

    kept = list(range(len(columns)))
    if columns[-len(WORDS) :] == list(WORDS):
        kept = [*kept[: -len(WORDS)], len(columns) - 4, len(columns) - 2]
    shown = cells(columns, rows, store, prefixes)
    table([columns[place] for place in kept], [[row[place] for place in kept] for row in shown])


def _short_csv(columns: list[str], rows: "list[tuple[Term | None, ...]]", prefixes: dict[str, str]) -> None:
    """Rows as CSV for other programs of the command line: short names, and lines that end in LF."""
    import pyoxigraph as px

    from kg.rdf.terms import shorten, text_of

    def cell(value: "Term | None") -> str:
        if value is None:
            return ""
        return shorten(value.value, prefixes) if isinstance(value, px.NamedNode) else text_of(value)

    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([cell(value) for value in row] for row in rows)
    sys.stdout.buffer.write(out.getvalue().encode())


def _written(data: bytes, kind: str, wish: Wish) -> None:
    """Write an answer into its file or to stdout, as CSV for spreadsheets where that is wanted."""
    from kg.query.spreadsheet import for_spreadsheets
    from kg.release.writer import write_file

    if wish.delimiter:
        out = io.BytesIO()
        for_spreadsheets(io.StringIO(data.decode(), newline=""), out, wish.delimiter)
        data = out.getvalue()
    if wish.file is None:
        sys.stdout.buffer.write(data)
        return
    note(f"{wish.file}: {write_file(wish.file, lambda file: file.write(data)):,} bytes of {kind}")


def _stacked(columns: list[str], cells: list[list[str]]) -> None:
    """Print rows one below the other, each value behind its column."""
    wide = max(map(len, columns))
    for row in cells:
        for column, cell in zip(columns, row, strict=True):
            if cell:
                click.echo(f"  {click.style(f'{column:<{wide}}', bold=True)}  {cell}")
        click.echo()
