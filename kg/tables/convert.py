"""Convert: a table to sorted lines of N-Triples, with its books: rows and cells read, statements written, what was
rejected and why.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, NamedTuple

from kg.errors import FactError, Fault
from kg.tables.cells import Judged
from kg.tables.compile import FEW, Compiled, Lookup
from kg.tables.engine import Engine, UnreadableTableError
from kg.tables.files import Dialect, fault_of, is_plain, write_plain
from kg.tables.mapping import Mapping as TableMapping
from kg.tables.mapping import Statement, slots_in
from kg.tables.survey import EMPTY, OTHER, PLAIN, Expression, as_it_stands, survey

_NOT_PLAIN = (
    "it is not written as RFC 4180 has it with line feeds, and tables that are elsewhere are read as they are; save it "
    "so, or copy it to this machine"
)
_COMMENTS = (
    'its dialect has comments, which are not looked for in tables that are elsewhere; give it "commentPrefix": null'
)


class Reject(NamedTuple):
    """A cell that keeps its row out: the number of the row from 1, the name of the column, the text, and why."""

    row: int
    column: str
    text: str
    reason: str


class Books(NamedTuple):
    """What came in and what went out: rows, rejected rows, cells with a value, cells without, and statements."""

    rows: int = 0
    rejected: int = 0
    values: int = 0
    nulls: int = 0
    statements: int = 0


class Table(NamedTuple):
    """A CSV file, what messages call it, and how it is written."""

    path: Path
    name: str
    dialect: Dialect = Dialect()


class Lines(NamedTuple):
    """Lines as an engine gives them: texts in order, with their first subject and the last; or yet to be sorted."""

    expression: Expression
    span: tuple[str, str] | None = None


class Conversion:
    """A table being converted: looked through by `survey`, and written as `lines`, or with its books by `write`."""

    def __init__(self, table: Table, mapping: TableMapping, engine: Engine, scratch: Path) -> None:
        self.table, self.mapping, self.engine, self.scratch = table, mapping, engine, scratch
        self.scratch.mkdir(parents=True, exist_ok=True)
        elsewhere = table.path in engine.elsewhere
        self.numbered = not is_plain(table.path, table.dialect, line_feeds=engine.line_feeds)
        if elsewhere and table.dialect.comment:
            raise FactError([Fault(table.name, 1, 1, _COMMENTS)])
        if elsewhere and self.numbered:
            raise FactError([Fault(table.name, 1, 1, _NOT_PLAIN)])
        self.states: Mapping[tuple[int, int], int] = {}
        self.lookups: Mapping[int, Lookup] = {}
        self.spread: Sequence[Any] = ()
        try:
            self.expression = self._read()
            self._survey()
        except UnreadableTableError as error:
            if elsewhere:
                raise self._unreadable(error) from None
            if faults := fault_of(table.path, table.name, table.dialect, len(mapping.columns)):
                raise FactError(faults) from None
            self.read_anew()
            try:
                self._survey()
            except UnreadableTableError as again:
                raise self._unreadable(again) from None

    def _unreadable(self, error: UnreadableTableError) -> FactError:
        message = f"the engine cannot read it: {str(error).partition(chr(10))[0]}"
        return FactError([Fault(self.table.name, 1, 1, message)])

    def _read(self) -> Expression:
        """The table of the engine, from the file or from a plain copy of it."""
        path, name, dialect = self.table
        width = len(self.mapping.columns)
        if self.numbered:
            copy = self.scratch / "plain.csv"
            write_plain(path, name, dialect, width, copy)
            table = self.engine.csv(copy, dialect, width, numbered=True)
        else:
            table = self.engine.csv(path, dialect, width)
        if not self.mapping.counts_rows:
            return table
        row = self.engine.row_number(table)
        source = table["number"] if self.numbered else row + dialect.header_rows
        return table.mutate(row=row.cast("string"), source=source.cast("string"))

    def read_anew(self) -> Expression:
        """The table from a plain copy of its file, which an engine reads where it does not read the file."""
        self.numbered = True
        self.expression = self._read()
        return self.expression

    def _survey(self) -> None:
        """Count the cells, and judge the texts that are not plain."""
        slots, about = self.mapping.slots, slots_in(self.mapping.about or ())
        stand = {number: Lookup({}, sure=True) for number, slot in enumerate(slots) if as_it_stands(slot)}
        asked = self.engine.by_rows and about and stand.keys() >= {*about}
        assumed = self.compiled._replace(lookups=stand)
        found = survey(self.expression, slots, self.engine.rows, assumed.spread_beside if asked else None)
        self.states = found.cells
        self.lookups = {
            number: self._lookup({text: slot.reading.judge(text) for text in found.texts[number]})
            if number in found.texts
            else Lookup({}, sure=number in found.sure, full=not found.cells[number, EMPTY])
            for number, slot in enumerate(slots)
        }
        if found.also and found.sure.issuperset(about) and not self._may_reject():
            self.spread = found.also

    def _lookup(self, judged: Mapping[str, Judged]) -> Lookup:
        if len(judged) <= FEW:
            return Lookup(judged)
        right = [(text, one.token) for text, one in judged.items() if one.token]
        wrong = [(text, "") for text, one in judged.items() if one.problem]
        return Lookup(judged, self.engine.lookup(right), self.engine.lookup(wrong) if wrong else None)

    @property
    def compiled(self) -> Compiled:
        """The mapping over the table."""
        return Compiled(self.expression, self.mapping, self.lookups, self.engine.row_number)

    def rejects(self) -> Iterator[Reject]:
        """The cells that keep their rows out, by rows."""
        problems = self.compiled.problems() if self._may_reject() else None
        if problems is not None:
            for row, slot, text in self.engine.rows(problems):
                known = self.lookups.get(slot)
                reason = (
                    known.judged[text].problem if known and text is not None else "the cell is empty; it is required"
                )
                yield Reject(int(row), self.mapping.name(slot), text or "", reason)

    def _may_reject(self) -> bool:
        needed = [(number, slot) for number, slot in enumerate(self.mapping.slots) if slot.required]
        empty = any(slot.separator or self.states[number, EMPTY] for number, slot in needed)
        return empty or any(lookup.faulty for lookup in self.lookups.values())

    def write(self, to: Path, tag: str = "", graph: str = "") -> Books:
        """Write the statements into a file of sorted lines, each begun by a tag, in a graph or in none; the books."""
        rejected = len({reject.row for reject in self.rejects()})
        with to.open("wb") as out:
            self.write_lines(self.lines(tag, graph), out)
        with to.open("rb") as file:
            written = sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))
        told = [slot for one in self.mapping.statements for slot in self._told_by(one)]
        nulls = sum(self.states[slot, EMPTY] for slot in set(told))
        values = sum(self.states[slot, kind] for slot in told for kind in (PLAIN, OTHER))
        return Books(self.rows, rejected, values, nulls, written)

    def lines(self, tag: str = "", graph: str = "") -> Lines:
        """The statements as lines, each begun by a tag, in a graph or in none."""
        compiled = self.compiled
        texts = compiled.in_order(tag, graph) if self.engine.by_rows else None
        if texts is not None:
            ((rows, things, *ends),) = [self.spread] if self.spread else self.engine.rows(compiled.spread())
            if rows == things:
                return Lines(texts, tuple(ends) if rows else ("", ""))
        return Lines(compiled.lines(tag, graph))

    def write_lines(self, lines: Lines, out: IO[bytes]) -> None:
        """Write lines, sorted by bytes and each once."""
        self.engine.write(lines.expression, out, in_order=lines.span is not None)

    @property
    def rows(self) -> int:
        """The rows of the table; 0 where no statement needs a cell."""
        return sum(self.states[0, kind] for kind in (EMPTY, PLAIN, OTHER)) if self.mapping.slots else 0

    @staticmethod
    def _told_by(statement: Statement) -> Iterator[int]:
        """The slots whose cells a statement says."""
        if statement.needs:
            yield from statement.needs
        elif len(statement.object) == 1 and isinstance(statement.object[0], int):
            yield statement.object[0]
