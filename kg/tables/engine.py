"""Engine: what executes the expressions of tables: DuckDB on one machine, Spark on one or many."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Protocol

import ibis

from kg.errors import StoreError
from kg.tables.files import Dialect
from kg.tables.survey import Expression

ibis.options.sql.fuse_selects = False  # what a projection has computed is not computed again by the next


Told = Callable[[float], None]  # what is told how much of a query is done, from 0 to 1


class UnreadableTableError(StoreError):
    """The engine could not read a table, or what it made of one; why in its own words."""


class Engine(Protocol):
    """What executes expressions: it reads files, holds what is looked up, gives rows back and writes sorted lines.

    Where `line_feeds`, it takes every line end in a cell for the one at the ends of rows, unless that is a line feed.
    Where `by_rows`, it is faster to sort rows than their lines.
    """

    line_feeds: bool
    by_rows: bool

    @property
    def elsewhere(self) -> Mapping[Path, str]:
        """The addresses of files that are not on this machine, by paths that have their beginning."""

    def csv(self, path: Path, dialect: Dialect, width: int, *, numbered: bool = False) -> Expression:
        """A CSV file in the form of RFC 4180; with `numbered`, it has no header, and the number of each row first."""

    def row_number(self, table: Expression) -> Expression:
        """The number of each row of a table that was read from a file, from 1."""

    def lookup(self, rows: Sequence[tuple[str, str]]) -> Expression:
        """A table of text and token."""

    def rows(self, expression: Expression) -> Iterator[tuple[Any, ...]]:
        """The rows of an expression."""

    def write(self, lines: Expression, out: IO[bytes], *, in_order: bool = False) -> None:
        """Write the lines of an expression, sorted by bytes and each once; as they come, where they are `in_order`."""

    def close(self) -> None:
        """Let go of the engine."""
