"""Text read from files: strict UTF-8, with the line and column of every YAML scalar and CSV cell.

Scalars are text, whatever they look like (`NO`, `1.10`, `010` stay as written): the project's context
gives them their type. The only null is an empty plain scalar, `~` or `null`, and an empty cell.
"""

import csv
import re
import unicodedata
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
    """What stops the reading of a file, with its line and column, and what else was found on the way."""

    def __init__(self, line: int, column: int, message: str) -> None:
        super().__init__(message)
        self.line, self.column, self.message = line, column, message
        self.others: tuple[Unreadable, ...] = ()

    def faults(self, name: str) -> list[Fault]:
        """The same as faults of the file called name, the others with it."""
        return [Fault(name, one.line, one.column, one.message) for one in (self, *self.others)]


def read_text(path: Path, *, mark: bool = False) -> str:
    """The characters of a UTF-8 file, line ends as they stand; raises Unreadable with line and column.

    A byte order mark is passed over where `mark` says so, and refused else.
    """
    data = path.read_bytes()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        message = f"byte 0x{data[error.start]:02x} is not UTF-8; save the file as UTF-8"
        raise Unreadable(*place(before, len(before)), message) from None
    text = text.removeprefix("\ufeff") if mark else text
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
    """The one document of a YAML file; raises Unreadable, with what else keeps the file from being read in `others`.

    Anchors, aliases, tags, merge keys and second documents are refused: a facts file says each thing
    where it stands, and an alias can grow a small file without bound. So is a comment close behind a plain value,
    which may be a part of it ("Resolution #12"); one with two spaces before it is a comment (as yamllint has it).
    """
    text = read_text(path)
    if not text.strip():
        raise Unreadable(1, 1, "the file is empty; write `facts:` with a list, or delete the file")
    faults = list(_line_faults(text))
    reader = _Reader(text)
    value: Value = Null()
    left: str | None = text if not faults else None
    while left is not None and len(faults) < MOST:
        try:
            value = reader.read(left)
            break
        except Unreadable as fault:
            faults.append(fault)
            left = _without(left, fault)
    faults += reader.cut
    if faults:
        first, *others = sorted({(fault.line, fault.column): fault for fault in faults}.values(), key=_at)
        first.others = tuple(others)
        raise first
    return value


MOST = 20  # faults of a file that are looked for


def _at(fault: Unreadable) -> tuple[int, int]:
    return fault.line, fault.column


def _line_faults(text: str) -> Iterator[Unreadable]:
    """The lines that are too long, whatever stands in them."""
    for number, row in enumerate(text.split("\n"), 1):
        if len(row) > MAX_LINE:
            message = f"a line of {len(row):,} characters, at most {MAX_LINE:,} are read; break it up"
            yield Unreadable(number, 1, message)


def _indent_fault(row: str, number: int) -> Unreadable | None:
    """What a line outside of quotes is indented with that YAML takes for a part of a value."""
    column = len(row) - len(row.lstrip(" \t"))
    other = row[column : column + 1]
    if not other or not (other.isspace() or unicodedata.category(other) == "Cf"):
        return None
    return Unreadable(number, column + 1, f"{named(other)} in the indent; YAML is indented with spaces, replace it")


def named(character: str) -> str:
    """A character that cannot be seen, by its name.

    >>> named("\\u00ad"), named("\\u0301"), named("x")
    ('a soft hyphen (U+00AD)', 'a combining acute accent (U+0301)', '“x”')
    """
    if character == "":
        return "the end"
    if character == "\n":
        return "a line end"
    if character == "\t":
        return "a tab"
    seen = character.isprintable() and not unicodedata.combining(character)
    if character == " " or (seen and unicodedata.category(character) != "Cf"):
        return f"“{character}”"
    known = {"\u00a0": "no-break space"}.get(character) or unicodedata.name(character, "control character").lower()
    return f"{'an' if known[0] in 'aeiou' else 'a'} {known} (U+{ord(character):04X})"


_RECORD = re.compile(r"^( *)- ", re.MULTILINE)


def _without(text: str, fault: Unreadable) -> str | None:
    """The text with the record of a fault made empty lines, to read the others; None where it is no record."""
    lines = text.split("\n")
    starts = {text.count("\n", 0, found.start()): len(found[1]) for found in _RECORD.finditer(text)}
    if not starts:
        return None
    first = min(starts.values())
    heads = [line for line, indent in starts.items() if indent == first]
    begins = [line for line in heads if line < fault.line]
    if not begins:
        return None
    end = next((line for line in heads if line > begins[-1]), len(lines))
    if not any(lines[begins[-1] : end]):
        return None
    emptied = [*lines[: begins[-1]], *[""] * (end - begins[-1]), *lines[end:]]
    return "\n".join(emptied)


class _Reader:
    """Reads documents of one text; `cut` are the plain values behind which a comment stands."""

    def __init__(self, text: str) -> None:
        self._lines = re.split("\r\n|[\n\r\x85\u2028\u2029]", text)
        self.cut: list[Unreadable] = []

    def read(self, text: str) -> Value:
        """The value of the one document; raises Unreadable at the first fault."""
        self.cut.clear()
        try:
            return self._document(yaml.parse(text, Loader=_LOADER), text)
        except yaml.MarkedYAMLError as error:
            line, column = _mark(error)
            for number in range(max(0, line - 1), min(line + 1, len(self._lines))):
                if (strange := _indent_fault(self._lines[number], number + 1)) is not None:
                    raise strange from None
            _refuse(line + 1, column + 1, self._problem(error))
        except yaml.reader.ReaderError as error:
            before = text.encode()[: error.position].decode(errors="ignore")  # the reader counts bytes
            _refuse(*place(before, len(before)), f"{error.reason}; delete the character")

    def _document(self, events: Iterator[Any], text: str) -> Value:
        """The value of the first document; a second one is refused."""
        value: Value = Null()
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    _refuse(*_start(event), "a second document begins; keep one per file")
            elif isinstance(event, yaml.NodeEvent):
                value = self._value(event, events, 0)
        if not documents or (isinstance(value, Null) and "facts" not in text):
            _refuse(1, 1, "the file holds only comments; write `facts:` with a list, or delete the file")
        return value

    def _value(self, event: Any, events: Iterator[Any], depth: int) -> Value:
        line, column = _start(event)
        if isinstance(event, yaml.AliasEvent):
            _refuse(line, column, f"an alias (*{event.anchor}); write the value out where it is meant, or quote it")
        if event.anchor:
            _refuse(line, column, f"an anchor (&{event.anchor}); write the value out where it is meant, or quote it")
        if event.tag not in (None, "!"):
            _refuse(line, column, f"a tag ({event.tag}); the context gives values their type, delete the tag")
        if depth > MAX_DEPTH:
            _refuse(line, column, f"nested more than {MAX_DEPTH} deep; give the inner things records of their own")
        if isinstance(event, yaml.ScalarEvent):
            if event.implicit[0] and not event.style:
                self._look_behind(event)
                if event.value in ("", "~", "null"):
                    return Null(line, column)
            return Text(event.value, line, column)
        if isinstance(event, yaml.SequenceStartEvent):
            items = Items()
            items.line, items.column = line, column
            while not isinstance(inner := next(events), yaml.SequenceEndEvent):
                items.append(self._value(inner, events, depth + 1))
            return items
        return self._mapping(events, depth, line, column)

    def _look_behind(self, event: Any) -> None:
        """Note a comment close behind a plain value, which cuts it off, and strange indents of its further lines."""
        mark = event.end_mark
        further = range(event.start_mark.line + 1, min(mark.line + 1, len(self._lines)))
        indents = (_indent_fault(self._lines[number], number + 1) for number in further)
        self.cut += [fault for fault in indents if fault is not None]
        if event.value and mark.line < len(self._lines):
            rest = self._lines[mark.line][mark.column :]
            found = re.match(r"\s*#", rest)
            if found and not re.match(r"\s{2,}#(\s|$)", rest):
                whole = f"{event.value}{rest.rstrip()}".replace("'", "''")
                message = f"the value ends before “#”, where a comment begins; put the words in quotes: '{whole:.80}'"
                at = mark.line + 1, mark.column + found.end()
                self.cut.append(Unreadable(*at, f"{message}, or two spaces before a comment and one behind “#”"))

    def _mapping(self, events: Iterator[Any], depth: int, line: int, column: int) -> Mapping:
        mapping = Mapping()
        mapping.line, mapping.column = line, column
        while not isinstance(inner := next(events), yaml.MappingEndEvent):
            key = self._value(inner, events, depth + 1)
            at = _start(inner)
            if not isinstance(key, Text):
                _refuse(*at, "a key that is not text; write `key: value`")
            if not inner.style and (strange := _indent_fault(key, at[0])) is not None:
                _refuse(at[0], at[1] + strange.column - 1, strange.message)
            if key in mapping:
                _refuse(*at, f"the key {key!s:.80} stands twice in one record; give a list, or delete one")
            mapping[key] = self._value(next(events), events, depth + 1)
        return mapping

    def _problem(self, error: yaml.MarkedYAMLError) -> str:
        """What the YAML parser found, in words a curator can act on."""
        problem = error.problem or "not YAML"
        line, column = _mark(error)
        row = self._lines[line] if line < len(self._lines) else ""
        found = row[column : column + 1]
        advice = f"put the words in quotes: {quoted}" if (quoted := _in_quotes(row)) else "put the value in quotes"
        if "found a tab character" in problem or ("cannot start any token" in problem and found == "\t"):
            return _TAB
        if "quoted scalar" in str(error.context):
            return "a value in quotes that is not closed; close it, and double the quotes within it"
        if "cannot start any token" in problem:
            return f"the character {found!r} cannot begin a value; {advice}"
        if "mapping values are not allowed" in problem:
            return f"a second ': ' in one value, or a wrong indent; {advice}, or fix the indent"
        if "could not find expected ':'" in problem:
            return "a key without ': ' behind it; write `key: value` and mind the indent"
        if "alphabetic or numeric" in problem:
            return f"a value that begins with {found!r} is an alias or an anchor to YAML; {advice}"
        if "expected key" in problem or "'-' indicator" in problem or "',' or" in problem:
            return f"words that do not belong to the value before them, or a wrong indent; {advice}, or fix the indent"
        return f"not YAML: {problem}; {advice}, and look at the indent here and in the line above"


def _start(event: Any) -> tuple[int, int]:
    """The line and column, from 1, at which an event begins."""
    return event.start_mark.line + 1, event.start_mark.column + 1


def _in_quotes(row: str) -> str:
    """The value of a line as YAML takes it whatever is in it, "" where the line has none.

    >>> _in_quotes('  name: "The Court" of Rome')
    '\\'"The Court" of Rome\\''
    """
    found = re.match(r"\s*(?:- )?(?:[\w-]+: +)?(\S.*?)\s*$", row)
    value = found[1].replace("'", "''") if found else ""
    return f"'{value}'" if value and len(value) <= 200 else ""


def _mark(error: yaml.MarkedYAMLError) -> tuple[int, int]:
    """The line and column, from 0, at which the parser gave up, or at which what it could not end begins."""
    begun = "quoted scalar" in str(error.context)
    mark: Any = (error.context_mark if begun else error.problem_mark) or error.context_mark
    return (mark.line, mark.column) if mark else (0, 0)


def _refuse(line: int, column: int, message: str) -> NoReturn:
    raise Unreadable(line, column, message)


def read_csv(path: Path) -> Iterator[Mapping]:
    """The rows of a CSV file (RFC 4180, first row the header), empty cells as Null; raises Unreadable.

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
        _refuse(1, 1, "the table is empty; its first line names the columns, each a term of the context")
    for mark, name in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if len(header) == 1 and mark in header[0]:
            _refuse(1, 1, f"the table's columns are separated by {name}; save it with commas")
    for number, name in enumerate(header, 1):
        if not name:
            _refuse(1, number, "a column has no name; give it a term of the context, or take it out")
        if name in _SIDES and header[number - 2] not in ("quote", *_SIDES):
            _refuse(1, number, f"{name} belongs behind the column quote that it is of")
    return header


def _record(header: list[Text], cells: list[str], line: int) -> Mapping:
    if len(cells) != len(header):
        message = f"{len(cells)} cells, the header names {len(header)} columns; quote cells that hold commas"
        _refuse(line, min(len(cells), len(header)), message)
    record = Mapping()
    record.line = line
    found: dict[Text, list[Value]] = {}
    for number, (name, cell) in enumerate(zip(header, cells, strict=True), 1):
        value = Text(cell, line, number)
        if name in _SIDES and cell:
            quotes = found.get(Text("quote"), [])
            if not quotes:
                _refuse(line, number, f"{name} without the quote that it is of; fill in quote, or empty this cell")
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
            _refuse(line, 1, f"a cell of more than {csv.field_size_limit():,} characters; make it shorter")
        _refuse(line, 1, f"not CSV: {error}; close every quoted cell and double the quotes inside it")
    return cells
