"""The terminal: how what kg has to say looks to people."""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg import names

if TYPE_CHECKING:
    from kg.queries import CannedQuery

_CLEAR = "\r\033[K"


def note(text: str) -> None:
    """Print to stderr what is not a result."""
    click.echo(f"{_CLEAR}{text}" if sys.stderr.isatty() else text, err=True)


def progress() -> Callable[[str], None]:
    """A printer of stages where someone watches, else nothing."""
    if sys.stderr.isatty():
        return lambda stage: click.echo(f"{_CLEAR}{stage} …", err=True, nl=False)
    return lambda stage: None


def books(manifest: dict[str, Any], checked: Sequence[int], path: Path) -> None:
    """Print the books of a build: what was read, what was written, how many focus nodes each shape checked."""
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
    lines.append(f"{sum(checked):,} focus nodes checked by {len(checked)} shapes: conforms")
    lines.append(os.path.relpath(path))
    click.echo(manifest["title"] or manifest["base"])
    for word, line in zip(("read", *["source"] * len(sources), "written", "checked", "release"), lines, strict=True):
        click.echo(f"  {word:<8} {line}")


def questions(found: "Sequence[CannedQuery]", base: str) -> None:
    """Print the canned queries by their first tag, each with its parameters and their defaults."""
    import shlex

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
                default = getattr(parameter.default, "value", "").removeprefix(names.entity(base, ""))
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
