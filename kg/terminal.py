"""The terminal: how what kg has to say looks to people."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.errors import printable

if TYPE_CHECKING:
    import pyoxigraph as px

    from kg.facts.naming import Unjudged
    from kg.query.canned import CannedQuery
    from kg.query.why import Reason
    from kg.rdf.terms import Term

_CLEAR = "\r\033[K"


def note(text: str) -> None:
    """Print to stderr what is not a result."""
    click.echo(f"{_CLEAR}{text}" if sys.stderr.isatty() else text, err=True)


def progress() -> Callable[[str], None]:
    """A printer of stages where someone watches, else nothing."""
    if sys.stderr.isatty():
        return lambda stage: click.echo(f"{_CLEAR}{stage} …", err=True, nl=False)
    return lambda stage: None


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
    for ident, found in sources.items():
        share = 1000 * (found["quoted"] + found["skipped"]) // max(1, found["characters"]) / 10
        skipped = f"{found['skipped']:,} of {found['characters']:,} characters by {counts['skips']:,} skips"
        lines.append(f"{ident}: {share:.1f} % read, {skipped}")
    lines.append(
        f"{counts['statements']:,} statements, one a value; {counts['triples']:,} triples with what follows from them; "
        f"{counts['quads']:,} quads with the evidence"
    )
    from kg.release.reader import READABLE

    numbers = manifest["readable"]
    said = ", ".join(f"{numbers[kind]:,} {kind}" for kind in READABLE if numbers[kind])
    lines.append(f"{said}; kg coverage --readable tells more")
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
    """Print rows as a table, and how many there are."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*columns, box=box.SIMPLE_HEAD, header_style="bold")
    for row in cells:
        table.add_row(*(Text(cell) for cell in row))
    Console(width=None if sys.stdout.isatty() else 200).print(table)
    note(f"{len(cells):,} row{'' if len(cells) == 1 else 's'}")


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
        for line in _because(reason):
            click.echo(f"    {line}")


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


def _because(reason: "Reason") -> Iterator[str]:
    """Why a statement is made, in lines."""
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
        yield f"…{before}[{exact}]{after}…"
    if reason.note:
        yield f"note: {printable(reason.note)}"
    if reason.evidence:
        yield f"evidence: {reason.evidence}"
    sources = ", ".join(sorted({words.source for words in reason.words}))
    fact = reason.fact.rpartition("/")[2]
    yield f"{reason.basis}{f', {sources}' if sources else ''}, {reason.place}, fact {fact}"
