"""CSV: a table of facts read with the place of each cell, a record a row; the only null is an empty cell.

How a table is written that is not plain CSV stands beside it, in the words of CSVW (`NAME.csv-metadata.json`): the mark
between its cells, the mark between the values of a cell, and columns of which an empty cell repeats the one above it.
"""

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from kg.errors import Fault
from kg.facts.values import Items, Mapping, Null, Text, UnreadableError, Value, read_text, refuse

CELL = 131_072  # characters of a cell, at most
_LINE = re.compile("[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")  # a line with its end, whichever it is


def read_csv(path: Path) -> Iterator[Mapping]:
    """The rows of a CSV file (RFC 4180, first row the header), empty cells as Null; raises UnreadableError.

    A row's line is where it begins; a cell's column is the number of the cell. Columns of one name are a list of what
    is in them; `quote.prefix` and `quote.suffix` belong to the quote before them. A byte order mark is passed over.
    """
    written = read_written(path)
    text = read_text(path, mark=True)
    lines = (found[0] for found in _LINE.finditer(text))
    csv.field_size_limit(CELL)  # which is the module's, and others set too
    rows = csv.reader(lines, strict=True, delimiter=written.delimiter)
    header = [Text(name, 1, number) for number, name in enumerate(_header(rows, written), 1)]
    line = rows.line_num + 1
    above: list[str] = []
    while (cells := _row(rows, line)) is not None:
        if len(cells) == len(header):
            cells = above = [
                above[number] if above and not cell and name in written.filled else cell
                for number, (name, cell) in enumerate(zip(header, cells, strict=True))
            ]
        if cells:
            yield _record(header, cells, line, written)
        line = rows.line_num + 1


class Written(NamedTuple):
    """How a table is written: what stands between cells; between the values of a cell, by column; and the columns of
    which an empty cell repeats the one above it.
    """

    delimiter: str = ","
    separators: dict[str, str] = {}  # noqa: RUF012  (it is never changed)
    filled: frozenset[str] = frozenset()


METADATA = "-metadata.json"  # behind the name of a table, that of the file that says how it is written
FILL = "kg:fillDown"


def metadata_of(path: Path) -> Path:
    """The file that says how a table is written, where there is one."""
    return path.with_name(path.name + METADATA)


def read_written(path: Path) -> Written:
    """How a table is written; MetadataError where its metadata say what a table of facts cannot be."""
    file = metadata_of(path)
    if not file.is_file():
        return Written()
    try:
        return _written(json.loads(file.read_bytes()))
    except (ValueError, RecursionError, AttributeError, TypeError) as error:
        raise MetadataError(f"{error}; a table of facts says {_KNOWN}") from None


class MetadataError(UnreadableError):
    """What is wrong with the metadata of a table, in a file of their own."""

    def __init__(self, message: str) -> None:
        super().__init__(1, 1, message)

    def faults(self, name: str) -> list[Fault]:
        """The same as a fault of the file beside the one called name."""
        return [Fault(f"{name}{METADATA}", 1, 1, self.message)]


_KNOWN = f'`dialect.delimiter`, and of `tableSchema.columns` `name`, `titles`, `separator` and `"{FILL}": true`'


def _written(document: Any) -> Written:
    columns = (document.get("tableSchema") or {}).get("columns") or []
    for part, known in (
        (document, ("@context", "url", "dialect", "tableSchema")),
        (document.get("dialect") or {}, ("delimiter",)),
        (document.get("tableSchema") or {}, ("columns",)),
        *((column, ("name", "titles", "separator", FILL)) for column in columns),
    ):
        if unknown := [key for key in part if key not in known]:
            raise ValueError(f"{unknown[0]!r} is not known here")
    delimiter = (document.get("dialect") or {}).get("delimiter", ",")
    if not isinstance(delimiter, str) or len(delimiter) != 1:
        raise ValueError(f"the delimiter is {delimiter!r}, expected one character")
    separators = {_title(column): column["separator"] for column in columns if column.get("separator")}
    filled = frozenset(_title(column) for column in columns if column.get(FILL) is True)
    return Written(delimiter, separators, filled)


def _title(column: dict[str, Any]) -> str:
    """The header of a column that metadata describe."""
    titles = column.get("titles", column.get("name"))
    title = titles[0] if isinstance(titles, list) and titles else titles
    if not isinstance(title, str):
        raise TypeError("a column has neither a name nor a title")
    return title


_SIDES = ("quote.prefix", "quote.suffix")


def _header(rows: Any, written: Written) -> list[str]:
    header = _row(rows, 1)
    if not header:
        refuse(1, 1, "the table is empty; its first line names the columns, each a term of the context")
    for mark, name in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if len(header) == 1 and mark in header[0]:
            way = f'{{"dialect": {{"delimiter": {json.dumps(mark)}}}}} in a file beside it, NAME.csv{METADATA}'
            refuse(1, 1, f"the table's columns are separated by {name}; save it with commas, or write {way}")
    for number, name in enumerate(header, 1):
        if not name:
            refuse(1, number, "a column has no name; give it a term of the context, or take it out")
        if name in _SIDES and header[number - 2] not in ("quote", *_SIDES):
            refuse(1, number, f"{name} belongs behind the column quote that it is of")
    for name in (*written.separators, *sorted(written.filled)):
        if name not in header:
            raise MetadataError(f"no column is called {name!r}; there are {', '.join(header)}")
    return header


def _record(header: list[Text], cells: list[str], line: int, written: Written) -> Mapping:
    if len(cells) != len(header):
        message = f"{len(cells)} cells, the header names {len(header)} columns; quote cells that hold commas"
        refuse(line, min(len(cells), len(header)), message)
    record = Mapping()
    record.line = line
    found: dict[Text, list[Value]] = {}
    for number, (name, cell) in enumerate(zip(header, cells, strict=True), 1):
        value = Text(cell, line, number)
        if name in _SIDES and cell:
            quotes = found.get(Text("quote"), [])
            if not quotes:
                refuse(line, number, f"{name} without the quote that it is of; fill in quote, or empty this cell")
            quotes[-1] = _beside(quotes[-1], Text(name.partition(".")[2], line, number), value)
        elif name not in _SIDES:
            found.setdefault(name, [])
            if cell:
                found[name] += _values(value, written.separators.get(name, ""))
    for name, values in found.items():
        record[name] = _cell(values, line, header.index(name) + 1)
    return record


def _values(cell: Text, separator: str) -> list[Value]:
    """The values of a cell."""
    if not separator:
        return [cell]
    parts = (part.strip() for part in cell.split(separator))
    return [Text(part, cell.line, cell.column) for part in parts if part]


def _cell(values: list[Value], line: int, column: int) -> Value:
    """What the columns of one name hold: nothing, one value, or a list."""
    if len(values) < 2:
        return values[0] if values else Null(line, column)
    items = Items(values)
    items.line, items.column = line, column
    return items


def _beside(quote: Value, side: Text, words: Text) -> Value:
    """A quote with the words on one side of it."""
    if isinstance(quote, Mapping):
        quote[side] = words
        return quote
    parts = Mapping({Text("exact", quote.line, quote.column): quote, side: words})
    parts.line, parts.column = quote.line, quote.column
    return parts


def _row(rows: Any, line: int) -> list[str] | None:
    try:
        cells: list[str] | None = next(rows, None)
    except csv.Error as error:
        if "field larger" in str(error):
            refuse(line, 1, f"a cell of more than {CELL:,} characters; make it shorter")
        refuse(line, 1, f"not CSV: {error}; close every quoted cell and double the quotes inside it")
    return cells
