"""The errors of kg, by who can fix what went wrong.

    KgError
    ├── ProjectError   the owner: configuration, ontology, queries           exit 1
    ├── FactError      the curator: facts, reference data, sources           exit 1
    ├── QueryError     the caller: arguments, parameters, SPARQL             exit 2
    │   └── UnwritableError   what the format cannot hold of the data         exit 1
    └── StoreError     the operator: disk, permissions, a damaged release    exit 3

Each message says where, what was found, what was expected and what to do next. A failed validation is
no error but a value, `kg.shacl.report.Report`.
"""

from collections.abc import Iterable, Sequence
from typing import ClassVar, NamedTuple


class Fault(NamedTuple):
    """One thing wrong at one place of one file; lines and columns count from 1, columns in code points.

    >>> str(Fault("data/facts/a.yaml", 3, 7, "unknown key 'fuonded'; did you mean 'founded'?"))
    "data/facts/a.yaml:3:7: unknown key 'fuonded'; did you mean 'founded'?"
    """

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{printable(self.file)}:{self.line}:{self.column}: {printable(self.message)}"


class KgError(Exception):
    """What kg raises on purpose; the command line prints its message and ends with `exit_code`."""

    exit_code: ClassVar[int] = 3


class ProjectError(KgError):
    """The project's configuration, ontology or queries cannot be used as they are."""

    exit_code: ClassVar[int] = 1


class FactError(KgError):
    """Every fault found in the facts, the reference data and the sources, in order of place."""

    exit_code: ClassVar[int] = 1

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__("\n".join(map(str, self.faults)))


class QueryError(KgError):
    """A call, a parameter or a query that cannot be answered as it stands.

    `kind` is one of KINDS; `line` and `column` count from 1 and are 0 where the fault has no one place.
    """

    exit_code: ClassVar[int] = 2
    KINDS: ClassVar[dict[str, str]] = {
        "call": "what was asked for is not there or not allowed so",
        "syntax": "the text is not SPARQL",
        "refused": "an update, or a query that asks another server",
        "limit": "the answer is larger than the limits allow",
        "format": "no format that was asked for can hold the answer",
        "unwritable": "the format holds such answers, but not what stands in this one",
    }

    def __init__(self, message: str, kind: str = "call", line: int = 0, column: int = 0) -> None:
        self.kind, self.line, self.column = kind, line, column
        super().__init__(message)


class UnwritableError(QueryError):
    """What was asked for holds something that the format cannot; `kind` is "unwritable", and the data decide it."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str) -> None:
        super().__init__(message, "unwritable")


class StoreError(KgError):
    """The disk or a release on it does not allow what was asked."""

    exit_code: ClassVar[int] = 3


def printable(text: str) -> str:
    """The text on one line, with "�" for what could move a terminal's cursor or forge a line.

    >>> printable("a\\nb\\x1b[31m")
    'a⏎b�[31m'
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else {"\n": "⏎", "\t": " "}.get(c, "�") for c in text)


def near(word: str, known: Iterable[str], most: int = 1) -> list[str]:
    """The known words closest to an unknown one, nearest first."""
    from difflib import get_close_matches  # loaded only where something is wrong

    return get_close_matches(word, list(known), n=most, cutoff=0.6)


def nearest(word: str, known: Iterable[str]) -> str:
    """The words "; did you mean ...?" with the known word closest to an unknown one, or "".

    >>> nearest("fuonded", ["founded", "of"])
    "; did you mean 'founded'?"
    """
    close = near(word, known)
    return f"; did you mean {close[0]!r}?" if close else ""
