"""Books: what a build read and wrote, and how its statements rest on their words."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.errors import printable
from kg.terminal.notes import clear, note

if TYPE_CHECKING:
    from kg.facts.naming import Unjudged


def books(manifest: dict[str, Any], path: Path, unchanged: str = "", again: int | None = None) -> None:
    """Print the books of a build: what was read, what was written, how many focus nodes each shape checked.

    `unchanged` says why nothing was built, where nothing was; `again` how many focus nodes were checked again, where
    not all were.
    """
    clear()
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
    others = "" if again is None else f"; {again:,} checked again, the others as before"
    lines.append(
        f"{checked['focus_nodes']:,} focus nodes checked by {checked['shapes']} shapes: "
        + (
            f"{checked['findings']:,} finding{'' if checked['findings'] == 1 else 's'}, none a violation"
            if checked.get("findings")
            else "conforms"
        )
        + others
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
