"""Notes: what is told beside a result, on stderr: a line, the stage of a build, how far something has got."""

import sys
import time
from collections.abc import Callable

import click

_CLEAR = "\r\033[K"


def note(text: str) -> None:
    """Print to stderr what is not a result."""
    click.echo(f"{_CLEAR}{text}" if sys.stderr.isatty() else text, err=True)


def clear() -> None:
    """Take away the stage that a terminal shows."""
    if sys.stderr.isatty():
        click.echo(_CLEAR, err=True, nl=False)


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
