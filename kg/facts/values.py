"""Values: what stands in a file of facts, each with its line and column, and text read as strict UTF-8.

Scalars are text, whatever they look like (`NO`, `1.10`, `010` stay as written): the project's context gives them their
type.
"""

import unicodedata
from pathlib import Path
from typing import NoReturn, TypeAlias

from kg.errors import Fault


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


class UnreadableError(Exception):
    """What stops the reading of a file, with its line and column, and what else was found on the way."""

    def __init__(self, line: int, column: int, message: str) -> None:
        super().__init__(message)
        self.line, self.column, self.message = line, column, message
        self.others: tuple[UnreadableError, ...] = ()

    def faults(self, name: str) -> list[Fault]:
        """The same as faults of the file called name, the others with it."""
        return [Fault(name, one.line, one.column, one.message) for one in (self, *self.others)]


def read_text(path: Path, *, mark: bool = False) -> str:
    """The characters of a UTF-8 file, line ends as they stand; raises UnreadableError with line and column.

    A byte order mark is passed over where `mark` says so, and refused else.
    """
    data = path.read_bytes()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        message = f"byte 0x{data[error.start]:02x} is not UTF-8; save the file as UTF-8"
        raise UnreadableError(*place(before, len(before)), message) from None
    text = text.removeprefix("\ufeff") if mark else text
    if text.startswith("\ufeff"):
        raise UnreadableError(1, 1, "the file begins with a byte order mark; save it as UTF-8 without BOM")
    if (at := text.find("\0")) >= 0:
        raise UnreadableError(*place(text, at), "a NUL character; is this a text file?")
    return text


def place(text: str, offset: int) -> tuple[int, int]:
    """The line and column, from 1, of the character at offset.

    >>> place("ab\\ncd", 4)
    (2, 2)
    """
    start = text.rfind("\n", 0, offset) + 1
    return text.count("\n", 0, offset) + 1, offset - start + 1


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


def refuse(line: int, column: int, message: str) -> NoReturn:
    """Raise UnreadableError."""
    raise UnreadableError(line, column, message)
