"""Text read from files: strict UTF-8, with the line and column of every YAML scalar and CSV cell.

Scalars are text, whatever they look like (`NO`, `1.10`, `010` stay as written): the project's context
gives them their type. The only null is an empty plain scalar, `~` or `null`, and an empty cell.
"""

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn, TypeAlias

import yaml

from kg.errors import Fault

MAX_LINE = 1_000_000  # code points; no curator writes such a line, and no editor shows it


MAX_DEPTH = 50


_TAB = "a tab; YAML is indented with spaces, replace the tab by spaces"


_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


_LINE = re.compile("[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")  # a line with its end, whichever it is
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class Text(str):
    """A string that knows the line and column it stands at, counted from 1."""

    __slots__ = ("column", "line")
    line: int
    column: int

    def __new__(cls, value: str, line: int = 1, column: int = 1) -> "Text":
        self = super().__new__(cls, value)
        self.line = line
        self.column = column
        return self


class Mapping(dict[Text, "Value"]):
    """A YAML mapping or a table's row, with the place where it begins."""

    line: int = 1
    column: int = 1


class Items(list["Value"]):
    """A YAML sequence, with the place where it begins."""

    line: int = 1
    column: int = 1


class Null:
    """A value stated to be empty, with its place."""

    __slots__ = ("column", "line")

    def __init__(self, line: int = 1, column: int = 1) -> None:
        self.line = line
        self.column = column


Value: TypeAlias = "Text | Null | Items | Mapping"


class Unreadable(Exception):  # noqa: N818  (a signal between two functions, turned into a Fault at once)
    """What stops the reading of a file, with its line and column."""

    def __init__(self, line: int, column: int, message: str) -> None:
        super().__init__(message)
        self.line, self.column, self.message = line, column, message

    def fault(self, name: str) -> Fault:
        """The same as a fault of the file called name."""
        return Fault(name, self.line, self.column, self.message)


def read_text(path: Path) -> str:
    """The characters of a UTF-8 file, line ends as they stand; raises Unreadable with line and column."""
    data = path.read_bytes()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        message = f"byte 0x{data[error.start]:02x} is not UTF-8; save the file as UTF-8"
        raise Unreadable(*place(before, len(before)), message) from None
    if text.startswith("\ufeff"):
        raise Unreadable(1, 1, "the file begins with a byte order mark; save it as UTF-8 without BOM")
    if (at := text.find("\0")) >= 0:
        raise Unreadable(*place(text, at), "a NUL character; is this a text file?")
    return text


def unwritable(text: str) -> str:
    """What keeps a text from being written in every format: a character that XML 1.0 (2.2) cannot hold; or ""."""
    found = _CONTROL.search(text)
    return f"the character U+{ord(found[0]):04X} cannot be written in every format; delete it" if found else ""


def place(text: str, offset: int) -> tuple[int, int]:
    """The line and column, from 1, of the character at offset.

    >>> place("ab\\ncd", 4)
    (2, 2)
    """
    start = text.rfind("\n", 0, offset) + 1
    return text.count("\n", 0, offset) + 1, offset - start + 1


def read_yaml(path: Path) -> Value:
    """The one document of a YAML file; raises Unreadable.

    Anchors, aliases, tags, merge keys and second documents are refused: a facts file says each thing
    where it stands, and an alias can grow a small file without bound.
    """
    text = read_text(path)
    for number, row in enumerate(text.split("\n"), 1):
        if len(row) > MAX_LINE:
            message = f"a line of {len(row):,} characters, at most {MAX_LINE:,} are read; break it up"
            raise Unreadable(number, 1, message)
    if not text.strip():
        raise Unreadable(1, 1, "the file is empty; write `facts:` with a list, or delete the file")
    try:
        return _document(yaml.parse(text, Loader=_LOADER), text)
    except yaml.MarkedYAMLError as error:
        line, column = _mark(error)
        _refuse(line + 1, column + 1, _problem(error, text))
    except yaml.reader.ReaderError as error:
        before = text.encode()[: error.position].decode(errors="ignore")  # the reader counts bytes
        _refuse(*place(before, len(before)), f"{error.reason}; delete the character")


def _document(events: Iterator[Any], text: str) -> Value:
    """The value of the first document; a second one is refused."""
    value: Value = Null()
    documents = 0
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                _refuse(*_start(event), "a second document begins; keep one per file")
        elif isinstance(event, yaml.NodeEvent):
            value = _value(event, events, 0)
    if not documents or (isinstance(value, Null) and "facts" not in text):
        _refuse(1, 1, "the file holds only comments; write `facts:` with a list, or delete the file")
    return value


def _start(event: Any) -> tuple[int, int]:
    """The line and column, from 1, at which an event begins."""
    return event.start_mark.line + 1, event.start_mark.column + 1


def _value(event: Any, events: Iterator[Any], depth: int) -> Value:
    line, column = _start(event)
    if isinstance(event, yaml.AliasEvent):
        _refuse(line, column, f"an alias (*{event.anchor}); write the value out where it is meant")
    if event.anchor:
        _refuse(line, column, f"an anchor (&{event.anchor}); write the value out where it is meant")
    if event.tag not in (None, "!"):
        _refuse(line, column, f"a tag ({event.tag}); the context gives values their type, delete the tag")
    if depth > MAX_DEPTH:
        _refuse(line, column, f"nested more than {MAX_DEPTH} deep; give the inner things records of their own")
    if isinstance(event, yaml.ScalarEvent):
        if event.implicit[0] and not event.style and event.value in ("", "~", "null"):
            return Null(line, column)
        return Text(event.value, line, column)
    if isinstance(event, yaml.SequenceStartEvent):
        items = Items()
        items.line, items.column = line, column
        while not isinstance(inner := next(events), yaml.SequenceEndEvent):
            items.append(_value(inner, events, depth + 1))
        return items
    return _mapping(events, depth, line, column)


def _mapping(events: Iterator[Any], depth: int, line: int, column: int) -> Mapping:
    mapping = Mapping()
    mapping.line, mapping.column = line, column
    while not isinstance(inner := next(events), yaml.MappingEndEvent):
        key = _value(inner, events, depth + 1)
        at = _start(inner)
        if not isinstance(key, Text):
            _refuse(*at, "a key that is not text; write `key: value`")
        if key in mapping:
            _refuse(*at, f"the key {key!s:.80} stands twice in one record; give a list, or delete one")
        mapping[key] = _value(next(events), events, depth + 1)
    return mapping


def _mark(error: yaml.MarkedYAMLError) -> tuple[int, int]:
    """The line and column, from 0, at which the parser gave up."""
    mark: Any = error.problem_mark or error.context_mark
    return (mark.line, mark.column) if mark else (0, 0)


def _problem(error: yaml.MarkedYAMLError, text: str) -> str:
    """What the YAML parser found, in words a curator can act on."""
    problem = error.problem or "not YAML"
    if "found a tab character" in problem:
        return _TAB
    if "cannot start any token" in problem:
        line, column = _mark(error)
        found = re.split("\r\n|[\n\r\x85\u2028\u2029]", text)[line][column : column + 1]
        if found == "\t":
            return _TAB
        return f"the character {found!r} cannot begin a value; put the value in quotes"
    if "mapping values are not allowed" in problem:
        return "a second ': ' in one value, or a wrong indent; put the value in quotes or fix the indent"
    if "could not find expected ':'" in problem:
        return "a key without ': ' behind it; write `key: value` and mind the indent"
    return f"not YAML: {problem}; look at the indent and the quotes here and in the line above"


def _refuse(line: int, column: int, message: str) -> NoReturn:
    raise Unreadable(line, column, message)


def read_csv(path: Path) -> Iterator[Mapping]:
    """The rows of a CSV file (RFC 4180, first row the header), empty cells as Null; raises Unreadable.

    A row's line is where it begins; a cell's column is the number of the cell.
    """
    text = read_text(path)
    rows = csv.reader((found[0] for found in _LINE.finditer(text)), strict=True)
    header = [Text(name, 1, number) for number, name in enumerate(_header(rows), 1)]
    line = rows.line_num + 1
    while (cells := _row(rows, line)) is not None:
        if cells:
            yield _record(header, cells, line)
        line = rows.line_num + 1


def _header(rows: Any) -> list[str]:
    header = _row(rows, 1)
    if not header:
        _refuse(1, 1, "the table is empty; its first line names the columns, each a term of the context")
    for number, name in enumerate(header, 1):
        if not name or header.index(name) != number - 1:
            _refuse(1, number, f"the column name {name!r} is empty or stands twice; name each column once")
    return header


def _record(header: list[Text], cells: list[str], line: int) -> Mapping:
    if len(cells) != len(header):
        message = f"{len(cells)} cells, the header names {len(header)} columns; quote cells that hold commas"
        _refuse(line, min(len(cells), len(header)), message)
    record = Mapping()
    record.line = line
    for number, (name, cell) in enumerate(zip(header, cells, strict=True), 1):
        record[name] = Text(cell, line, number) if cell else Null(line, number)
    return record


def _row(rows: Any, line: int) -> list[str] | None:
    try:
        cells: list[str] | None = next(rows, None)
    except csv.Error as error:
        if "field larger" in str(error):
            _refuse(line, 1, f"a cell of more than {csv.field_size_limit():,} characters; make it shorter")
        _refuse(line, 1, f"not CSV: {error}; close every quoted cell and double the quotes inside it")
    return cells
