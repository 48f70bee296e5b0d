"""CSV: a table of facts read with the place of each cell, a record a row; the only null is an empty cell."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kg.facts.values import Items, Mapping, Null, Text, Value, read_text, refuse

_LINE = re.compile("[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")  # a line with its end, whichever it is


def read_csv(path: Path) -> Iterator[Mapping]:
    """The rows of a CSV file (RFC 4180, first row the header), empty cells as Null; raises UnreadableError.

    A row's line is where it begins; a cell's column is the number of the cell. Columns of one name are a list of what
    is in them; `quote.prefix` and `quote.suffix` belong to the quote before them. A byte order mark is passed over.
    """
    text = read_text(path, mark=True)
    rows = csv.reader((found[0] for found in _LINE.finditer(text)), strict=True)
    header = [Text(name, 1, number) for number, name in enumerate(_header(rows), 1)]
    line = rows.line_num + 1
    while (cells := _row(rows, line)) is not None:
        if cells:
            yield _record(header, cells, line)
        line = rows.line_num + 1


_SIDES = ("quote.prefix", "quote.suffix")


def _header(rows: Any) -> list[str]:
    header = _row(rows, 1)
    if not header:
        refuse(1, 1, "the table is empty; its first line names the columns, each a term of the context")
    for mark, name in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if len(header) == 1 and mark in header[0]:
            refuse(1, 1, f"the table's columns are separated by {name}; save it with commas")
    for number, name in enumerate(header, 1):
        if not name:
            refuse(1, number, "a column has no name; give it a term of the context, or take it out")
        if name in _SIDES and header[number - 2] not in ("quote", *_SIDES):
            refuse(1, number, f"{name} belongs behind the column quote that it is of")
    return header


def _record(header: list[Text], cells: list[str], line: int) -> Mapping:
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
                found[name].append(value)
    for name, values in found.items():
        record[name] = _cell(values, line, header.index(name) + 1)
    return record


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
            refuse(line, 1, f"a cell of more than {csv.field_size_limit():,} characters; make it shorter")
        refuse(line, 1, f"not CSV: {error}; close every quoted cell and double the quotes inside it")
    return cells
