"""Differences: what one release says and another does not."""

from typing import TYPE_CHECKING

import click

from kg.errors import printable

if TYPE_CHECKING:
    from kg.query.differences import Differences


_MARKS = {"added": ("+", "green"), "removed": ("-", "red"), "changed": ("~", "yellow"), "evidence": ("=", "cyan")}


_OF = {"added": "added", "removed": "removed", "changed": "with another value", "evidence": "with other evidence"}


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


def _one_line(text: str) -> str:
    return printable(" ".join(text.split()))
