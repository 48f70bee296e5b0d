"""YAML: a file of facts read as text with places.

The only null is an empty plain scalar, `~` or `null`.
"""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from kg.facts.values import Items, Mapping, Null, Text, UnreadableError, Value, named, place, read_text, refuse

MAX_LINE = 1_000_000  # code points; no curator writes such a line, and no editor shows it


MAX_DEPTH = 50


_TAB = "a tab; YAML is indented with spaces, replace the tab by spaces"


_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def read_yaml(path: Path) -> Value:
    """The one document of a YAML file; raises UnreadableError, with what else is wrong with the file in `others`.

    Anchors, aliases, tags, merge keys and second documents are refused: a facts file says each thing
    where it stands, and an alias can grow a small file without bound. So is a comment close behind a plain value,
    which may be a part of it ("Resolution #12"); one with two spaces before it is a comment (as yamllint has it).
    """
    text = read_text(path)
    if not text.strip():
        raise UnreadableError(1, 1, "the file is empty; write `facts:` with a list, or delete the file")
    faults = list(_line_faults(text))
    reader = _Reader(text)
    value: Value = Null()
    left: str | None = text if not faults else None
    while left is not None and len(faults) < MOST:
        try:
            value = reader.read(left)
            break
        except UnreadableError as fault:
            faults.append(fault)
            left = _without(left, fault)
    faults += reader.cut
    if faults:
        first, *others = sorted({(fault.line, fault.column): fault for fault in faults}.values(), key=_at)
        first.others = tuple(others)
        raise first
    return value


MOST = 20  # faults of a file that are looked for


def _at(fault: UnreadableError) -> tuple[int, int]:
    return fault.line, fault.column


def _line_faults(text: str) -> Iterator[UnreadableError]:
    """The lines that are too long, whatever stands in them."""
    for number, row in enumerate(text.split("\n"), 1):
        if len(row) > MAX_LINE:
            message = f"a line of {len(row):,} characters, at most {MAX_LINE:,} are read; break it up"
            yield UnreadableError(number, 1, message)


def _indent_fault(row: str, number: int) -> UnreadableError | None:
    """What a line outside of quotes is indented with that YAML takes for a part of a value."""
    column = len(row) - len(row.lstrip(" \t"))
    other = row[column : column + 1]
    if not other or not (other.isspace() or unicodedata.category(other) == "Cf"):
        return None
    return UnreadableError(
        number, column + 1, f"{named(other)} in the indent; YAML is indented with spaces, replace it"
    )


_RECORD = re.compile(r"^( *)- ", re.MULTILINE)


def _without(text: str, fault: UnreadableError) -> str | None:
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
        self.cut: list[UnreadableError] = []

    def read(self, text: str) -> Value:
        """The value of the one document; raises UnreadableError at the first fault."""
        self.cut.clear()
        try:
            return self._document(yaml.parse(text, Loader=_LOADER), text)
        except yaml.MarkedYAMLError as error:
            line, column = _mark(error)
            for number in range(max(0, line - 1), min(line + 1, len(self._lines))):
                if (strange := _indent_fault(self._lines[number], number + 1)) is not None:
                    raise strange from None
            refuse(line + 1, column + 1, self._problem(error))
        except yaml.reader.ReaderError as error:
            before = text.encode()[: error.position].decode(errors="ignore")  # the reader counts bytes
            refuse(*place(before, len(before)), f"{error.reason}; delete the character")

    def _document(self, events: Iterator[Any], text: str) -> Value:
        """The value of the first document; a second one is refused."""
        value: Value = Null()
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    refuse(*_start(event), "a second document begins; keep one per file")
            elif isinstance(event, yaml.NodeEvent):
                value = self._value(event, events, 0)
        if not documents or (isinstance(value, Null) and "facts" not in text):
            refuse(1, 1, "the file holds only comments; write `facts:` with a list, or delete the file")
        return value

    def _value(self, event: Any, events: Iterator[Any], depth: int) -> Value:
        line, column = _start(event)
        if isinstance(event, yaml.AliasEvent):
            refuse(line, column, f"an alias (*{event.anchor}); write the value out where it is meant, or quote it")
        if event.anchor:
            refuse(line, column, f"an anchor (&{event.anchor}); write the value out where it is meant, or quote it")
        if event.tag not in (None, "!"):
            refuse(line, column, f"a tag ({event.tag}); the context gives values their type, delete the tag")
        if depth > MAX_DEPTH:
            refuse(line, column, f"nested more than {MAX_DEPTH} deep; give the inner things records of their own")
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
        for number in range(event.start_mark.line + 1, min(mark.line + 1, len(self._lines))):
            if (fault := _indent_fault(self._lines[number], number + 1)) is not None:
                self.cut.append(fault)
        if event.value and mark.line < len(self._lines):
            rest = self._lines[mark.line][mark.column :]
            found = re.match(r"\s*#", rest) if rest else None
            if found and not re.match(r"\s{2,}#(\s|$)", rest):
                whole = f"{event.value}{rest.rstrip()}".replace("'", "''")
                message = f"the value ends before “#”, where a comment begins; put the words in quotes: '{whole:.80}'"
                at = mark.line + 1, mark.column + found.end()
                self.cut.append(UnreadableError(*at, f"{message}, or two spaces before a comment and one behind “#”"))

    def _mapping(self, events: Iterator[Any], depth: int, line: int, column: int) -> Mapping:
        mapping = Mapping()
        mapping.line, mapping.column = line, column
        while not isinstance(inner := next(events), yaml.MappingEndEvent):
            key = self._value(inner, events, depth + 1)
            at = _start(inner)
            if not isinstance(key, Text):
                refuse(*at, "a key that is not text; write `key: value`")
            if not inner.style and (strange := _indent_fault(key, at[0])) is not None:
                refuse(at[0], at[1] + strange.column - 1, strange.message)
            if key in mapping:
                refuse(*at, f"the key {key!s:.80} stands twice in one record; give a list, or delete one")
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
