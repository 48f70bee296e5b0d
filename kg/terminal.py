"""The terminal: how what kg has to say looks to people."""

import csv
import io
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from kg.errors import printable

if TYPE_CHECKING:
    import pyoxigraph as px

    from kg.facts.naming import Unjudged
    from kg.query.canned import CannedQuery
    from kg.query.differences import Differences
    from kg.query.why import Reason
    from kg.rdf.terms import Term
    from kg.release.reader import Release
    from kg.shacl.outline import Outline

_CLEAR = "\r\033[K"


def note(text: str) -> None:
    """Print to stderr what is not a result."""
    click.echo(f"{_CLEAR}{text}" if sys.stderr.isatty() else text, err=True)


def progress() -> Callable[[str], None]:
    """A printer of stages where someone watches, else nothing."""
    if sys.stderr.isatty():
        return lambda stage: click.echo(f"{_CLEAR}{stage} …", err=True, nl=False)
    return lambda stage: None


class Meter:
    """What is being done and how fast, in one line of a terminal where someone watches, else nothing."""

    def __init__(self) -> None:
        self.shown = sys.stderr.isatty()
        self._what, self._rows, self._begun = "", 0, 0.0

    def begin(self, what: str, rows: int = 0) -> None:
        """Something begins, with so many rows where that is known."""
        self._what, self._rows, self._begun = what, rows, time.monotonic()
        self.at(0)

    def at(self, share: float) -> None:
        """So much of it is done, from 0 to 1."""
        if self.shown:
            told = meter(share, time.monotonic() - self._begun, self._rows)
            click.echo(f"{_CLEAR}{self._what} … {told}", err=True, nl=False)

    def end(self) -> None:
        """All is done."""
        if self.shown:
            click.echo(_CLEAR, err=True, nl=False)


def meter(share: float, seconds: float, rows: int) -> str:
    """How much is done, how fast, and how long it will take.

    >>> meter(0.25, 10, 4_000_000)
    '25 %, 100,000 rows/s, 30 s left'
    >>> meter(0, 0.1, 0)
    ''
    """
    if share <= 0 or seconds < 1:
        return ""
    speed = f", {rows * share / seconds:,.0f} rows/s" if rows else ""
    return f"{share:.0%}".replace("%", " %") + f"{speed}, {seconds * (1 - share) / share:,.0f} s left"


def books(manifest: dict[str, Any], path: Path, unchanged: str = "") -> None:
    """Print the books of a build: what was read, what was written, how many focus nodes each shape checked.

    `unchanged` says why nothing was built, where nothing was.
    """
    if sys.stderr.isatty():
        click.echo(_CLEAR, err=True, nl=False)
    counts, sources = manifest["counts"], manifest["coverage"]
    lines = [
        f"{counts['facts']:,} facts and {counts['reference']:,} reference records: {counts['values']:,} values and "
        f"{counts['nulls']:,} nulls"
    ]
    if counts.get("tables"):
        lines[0] += f", with {counts['rows']:,} rows of {counts['tables']} table{'' if counts['tables'] == 1 else 's'}"
    for ident, found in sources.items():
        share = 1000 * (found["quoted"] + found["skipped"]) // max(1, found["characters"]) / 10
        skips = f"{counts['skips']:,} skip{'' if counts['skips'] == 1 else 's'}"
        skipped = f"{found['skipped']:,} of {found['characters']:,} characters by {skips}"
        lines.append(f"{ident}: {share:.1f} % read, {skipped}")
    lines.append(
        f"{counts['statements']:,} statements, one a value; {counts['triples']:,} triples with what follows from them; "
        f"{counts['quads']:,} quads with the evidence"
    )
    from kg.release.reader import READABLE

    numbers = manifest["readable"]
    said = ", ".join(f"{numbers[kind]:,} {kind}" for kind in READABLE if numbers[kind])
    lines.append(f"{said}; kg coverage --readable tells more" if said else "no facts that rest on words")
    checked = manifest["checked"]
    lines.append(
        f"{checked['focus_nodes']:,} focus nodes checked by {checked['shapes']} shapes: "
        + (f"{checked['findings']} findings, none a violation" if checked.get("findings") else "conforms")
        if checked
        else "nothing: built with --no-validate"
    )
    lines.append(f"{_shown(path)}{f' ({unchanged})' if unchanged else ''}")
    for kind, reason in manifest.get("left_out", {}).items():
        note(f"downloads: no {kind}, since {reason}")
    click.echo(manifest["title"] or manifest["base"])
    for word, line in zip(
        ("read", *["source"] * len(sources), "written", "words", "checked", "release"), lines, strict=True
    ):
        click.echo(f"  {word:<8} {line}")


def judged(counts: Mapping[str, int], unjudged: "Iterable[Unjudged]") -> None:
    """Print how many statements rest on their words in which way, and where those are that cannot be judged."""
    from kg.release.reader import READABLE

    click.echo(f"{sum(counts.values()):,} statements")
    for kind, meaning in READABLE.items():
        click.echo(f"  {counts[kind]:>7,}  {kind}: {meaning}")
    for one in unjudged:
        click.echo(printable(f"{one.file}:{one.line}:{one.column}: {one.said}: {one.reason}"))


def _shown(path: Path) -> str:
    """A path from here, or from the root where there is no way from here, as between the drives of Windows."""
    try:
        return os.path.relpath(path)
    except ValueError:
        return str(path)


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


def answer(text: str, release: "Release", store: "px.Store", wish: Wish) -> None:
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


def _hint(rows: Iterable[Iterable[Any]], text: str, release: "Release", store: "px.Store") -> None:
    """Say what the graph does not have of what a query asks for, where an answer, or a column of it, is empty."""
    columns = list(zip(*rows, strict=True))
    if columns and all(any(value is not None for value in column) for column in columns):
        return
    from kg.query.hints import hints

    manifest = release.manifest
    for hint in hints(text, release.path / "search.sqlite", store, manifest["base"], manifest["prefixes"]):
        note(hint)


def _dispute(rows: Iterable[Iterable[Any]], release: "Release", store: "px.Store") -> None:
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


def _offer(query: "CannedQuery", text: str, release: "Release", store: "px.Store") -> None:
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


OFFERED = 12  # values of a parameter, or things that sources disagree about, that are named
DISPUTED = 1000  # things of an answer that are looked up


def _told(
    kind: str,
    columns: list[str],
    rows: "list[tuple[Term | None, ...]]",
    store: "px.Store",
    prefixes: dict[str, str],
) -> None:
    """Print rows as a table, or as CSV for other programs of the command line."""
    if kind == "table":
        _table(columns, rows, store, prefixes)
    else:
        _short_csv(columns, rows, prefixes)


def _table(
    columns: list[str], rows: "list[tuple[Term | None, ...]]", store: "px.Store", prefixes: dict[str, str]
) -> None:
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


COLUMN = 40  # characters of a column that a table needs at most, before it is one value below the other


def _stacked(columns: list[str], cells: list[list[str]]) -> None:
    """Print rows one below the other, each value behind its column."""
    wide = max(map(len, columns))
    for row in cells:
        for column, cell in zip(columns, row, strict=True):
            if cell:
                click.echo(f"  {click.style(f'{column:<{wide}}', bold=True)}  {cell}")
        click.echo()


def outline(shape: "Outline") -> None:
    """Print what a shape asks for."""
    click.secho(printable(shape.name), bold=True, nl=False)
    severity = f" ({shape.severity.lower()})" if shape.severity else ""
    click.echo(printable(f"  {shape.targets}{severity}"))
    wide = max((len(row.path) + 2 * row.depth for row in shape.rows), default=0)
    for row in shape.rows:
        path = f"{'  ' * row.depth}{row.path}"
        click.echo(printable(f"  {path:<{wide}}  {row.number:<5}  {row.what}".rstrip()))
        if row.message:
            click.secho(printable(f"  {'':<{wide}}         {row.message}"), dim=True)
    click.echo()


def reasons(found: "Iterable[Reason]", store: "px.Store", words: Mapping[str, str], prefixes: dict[str, str]) -> None:
    """Print each statement once, and below it the quoted words, their basis, note and place of each fact."""
    from kg.rdf.terms import shorten

    last = None
    for reason in found:
        if reason.statement != last:
            if last is not None:
                click.echo()
            subject, predicate, value = reason.statement
            word = words.get(predicate.value) or shorten(predicate.value, prefixes)
            click.echo(f"{term(subject, store, prefixes)} · {word} · {term(value, store, prefixes)}")
        last = reason.statement
        for line in because_lines(reason):
            click.echo(f"    {line}")


_MARKS = {"added": ("+", "green"), "removed": ("-", "red"), "changed": ("~", "yellow"), "evidence": ("=", "cyan")}


def differences(found: "Differences") -> None:
    """Print what differs between two releases: numbers first, then each statement with its words."""
    numbers = ", ".join(f"{number:,} {_OF[kind]}" for kind in _MARKS if (number := found.number(kind)))
    dated = [
        f"{name}{f' ({date})' if date else ''}"
        for name, date in zip((found.before, found.after), found.dates, strict=True)
    ]
    click.echo(f"{dated[0]} → {dated[1]}")
    click.echo(f"  statements  {numbers or 'the same'}")
    for name, said in found.sources.items():
        click.echo(f"  source      {printable(name)} {said}")
    click.echo(f"  quads       {found.added:,} added, {found.removed:,} removed, with the evidence and what follows")
    for change in found.changes:
        told, (mark, colour) = change.told, _MARKS[change.kind]
        was = f"{_one_line(change.before.value.text)} → " if change.kind == "changed" and change.before else ""
        line = f"{_one_line(told.subject.text)} · {_one_line(told.property.text)} · {was}{_one_line(told.value.text)}"
        click.echo(f"\n{click.style(mark, fg=colour)} {line}")
        for one, word in (
            (change.now, "now" if change.before else ""),
            (change.before, "before" if change.now else ""),
        ):
            if one:
                quoted = " … ".join(f"[{_one_line(words)}]" for words in one.words)
                rest = ", ".join(filter(None, (one.basis, one.source)))
                said = " ".join(filter(None, (quoted, f"({rest})" if rest else "", one.note and f"note: {one.note}")))
                click.echo(f"    {word + ': ' if word else ''}{printable(said)}")


_OF = {"added": "added", "removed": "removed", "changed": "with another value", "evidence": "with other evidence"}


def _one_line(text: str) -> str:
    return printable(" ".join(text.split()))


def term(value: "Term", store: "px.Store", prefixes: dict[str, str]) -> str:
    """A term as people read it: its label and short name, or the literal's text."""
    import pyoxigraph as px

    from kg.query.labels import label
    from kg.rdf.terms import shorten, text_of

    if not isinstance(value, px.NamedNode):
        return printable(text_of(value))
    short = shorten(value.value, prefixes)
    name = label(store, value.value)
    return printable(f"{name} ({short})" if name else short)


def because_lines(reason: "Reason") -> Iterator[str]:
    """Why a statement is made, in lines."""
    from kg.rdf import iris

    if reason.basis == "ontology":
        yield "the ontology says so"
        return
    if reason.basis == "build":
        yield "follows from the statements and the ontology"
        return
    for words in reason.words:
        before, exact, after = (
            printable(part.replace("\n", " ")) for part in (words.prefix, words.exact, words.suffix)
        )
        yield f"…{before}[{exact}]{after}…{f'  page {words.page}' if words.page else ''}"
    if reason.note:
        yield f"note: {printable(reason.note)}"
    if reason.evidence:
        yield f"evidence: {reason.evidence}"
    sources = ", ".join(sorted({words.source for words in reason.words}))
    if reason.basis == "table":
        yield f"table{f' {sources}, row {iris.row_number(reason.fact)}' if sources else ''}"
        return
    fact = reason.fact.rpartition("/")[2]
    yield f"{reason.basis}{f', {sources}' if sources else ''}, {reason.place}, fact {fact}"
