"""Outlines: what shapes ask for."""

from typing import TYPE_CHECKING

import click

from kg.errors import printable

if TYPE_CHECKING:
    from kg.shacl.outline import Outline


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
