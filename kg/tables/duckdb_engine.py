"""DuckDB: the engine of one machine, which sorts and joins on disk what memory does not hold."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from itertools import chain
from pathlib import Path
from threading import Event, Thread
from types import MappingProxyType
from typing import IO, Any

import duckdb
import ibis

from kg.errors import StoreError
from kg.rdf.sorted_lines import once
from kg.tables.engine import Told, UnreadableTableError
from kg.tables.files import Dialect
from kg.tables.survey import Expression, column

MEMORY = "600MB"  # that the engine takes, at most
LINE = 4 << 20  # bytes of a row, at most
BATCH = 100_000  # rows that come back at a time
WRITTEN = 2_048  # texts that are written at a time, as many as the engine makes
EVERY = 0.2  # seconds between two looks at how a query goes


class DuckDB:
    """DuckDB, with a folder for what it writes on the way; `told` hears several times a second how a query goes."""

    line_feeds, by_rows = False, True
    elsewhere: Mapping[Path, str] = MappingProxyType({})

    def __init__(
        self, scratch: Path, memory: str = MEMORY, threads: int | None = None, told: Told | None = None
    ) -> None:
        scratch.mkdir(parents=True, exist_ok=True)
        settings: dict[str, Any] = {
            "memory_limit": memory,
            "temp_directory": str(scratch / "spilled"),
            "enable_external_file_cache": False,  # what it takes of a large file, sorting has not
        }
        if threads:
            settings["threads"] = threads
        self.ibis = ibis.duckdb.connect(**settings)
        self._told = None
        self._run("SET preserve_insertion_order = true")
        if told:
            self._run("SET enable_progress_bar = true")
            self._run("SET enable_progress_bar_print = false")
            self._told = told

    def close(self) -> None:
        """Let go of the engine."""
        self.ibis.disconnect()

    def csv(self, path: Path, dialect: Dialect, width: int, *, numbered: bool = False) -> Expression:
        """A CSV file in the form of RFC 4180; with `numbered`, it has no header, and the number of each row first."""
        types = {"number": "BIGINT"} if numbered else {}
        types |= {column(number): "VARCHAR" for number in range(width)}
        columns = ", ".join(f"'{name}': '{kind}'" for name, kind in types.items())
        mark = "," if numbered else dialect.delimiter
        read = (
            f"read_csv({_quoted(str(path))}, auto_detect = false, header = {not numbered}, delim = {_quoted(mark)}, "
            f"quote = '\"', escape = '\"', columns = {{{columns}}}, strict_mode = true, max_line_size = {LINE}, "
            f"buffer_size = {2 * LINE})"
        )
        return self._made("VIEW", f"SELECT * FROM {read}", types)  # noqa: S608  (quoted)

    def row_number(self, table: Expression) -> Expression:
        """The number of each row of a table that was read from a file, from 1."""
        return ibis.row_number().over() + 1

    def lookup(self, rows: Sequence[tuple[str, str]]) -> Expression:
        """A table of text and token."""
        columns = zip(*rows, strict=True) if rows else ((), ())
        query = "SELECT unnest($1::VARCHAR[]) AS text, unnest($2::VARCHAR[]) AS token"
        return self._made("TABLE", query, dict.fromkeys(("text", "token"), "VARCHAR"), map(list, columns))

    def _made(self, kind: str, query: str, types: Mapping[str, str], given: Iterable[Sequence[str]] = ()) -> Expression:
        """A new view or table; its types are told, since Ibis would load Arrow to ask for them."""
        name = ibis.util.gen_name("made")
        self._ask(lambda: self.ibis.con.execute(f'CREATE {kind} "{name}" AS {query}', list(given)))
        return ibis.table({column: _TYPES[kind] for column, kind in types.items()}, name=name)

    def rows(self, expression: Expression) -> Iterator[tuple[Any, ...]]:
        """The rows of an expression."""
        found = self._run(self.ibis.compile(expression))
        while batch := self._ask(lambda: found.fetchmany(BATCH)):
            yield from batch

    def write(self, lines: Expression, out: IO[bytes], *, in_order: bool = False) -> None:
        """Write the lines of an expression, sorted by bytes and each once; as they come, where they are `in_order`.

        The engine's own writer takes twice as long, and far more memory.
        """
        query = self.ibis.compile(lines if in_order else lines.order_by("line"))
        text = "line" if in_order else "line || chr(10)"
        found = self._run(f"SELECT encode({text}) FROM ({query})")  # noqa: S608  (compiled by Ibis)
        batches = iter(lambda: self._ask(lambda: found.fetchmany(WRITTEN)), [])
        if in_order:
            out.writelines(b"".join(chain.from_iterable(batch)) for batch in batches)
        else:  # DISTINCT would need more memory
            out.writelines(once(chain.from_iterable(chain.from_iterable(batches))))

    def _run(self, query: str) -> Any:
        with self._watched(self._told) if self._told else nullcontext():
            return self._ask(lambda: self.ibis.raw_sql(query))

    @contextmanager
    def _watched(self, told: Told) -> Iterator[None]:
        """Tell how the query goes that runs meanwhile."""
        ended = Event()

        def watch() -> None:
            while not ended.wait(EVERY):
                told(max(0.0, self.ibis.con.query_progress()) / 100)

        thread = Thread(target=watch, daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    @staticmethod
    def _ask(call: Any) -> Any:
        try:
            return call()
        except duckdb.Error as error:
            raise _named(error) from None


_TYPES = {"VARCHAR": "string", "BIGINT": "int64"}


def _quoted(text: str) -> str:
    """A text between quotes of SQL."""
    return "'" + text.replace("'", "''") + "'"


def _named(error: duckdb.Error) -> Exception:
    """The error of an engine as one of ours."""
    first = str(error).partition("\n")[0]
    if isinstance(error, duckdb.OutOfMemoryException):
        return StoreError(f"the tables need more memory or disk than there is ({first}); free some, or raise --memory")
    if isinstance(error, duckdb.IOException):
        return StoreError(f"{first}; free some space, or check that the files can be read and written")
    return UnreadableTableError(str(error))
