"""Records: the facts of `data/facts/` and `data/reference/`, each as it stands in its file.

A record of a source quotes it; a record without a source is reference data. What a record says besides
`quote`, `basis`, `note`, `evidence` and `drafted` is its content, in the words of the context.
"""

import errno
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from kg.errors import Fault, nearest, printable
from kg.facts.csv_file import METADATA, read_csv
from kg.facts.quotes import Quote
from kg.facts.values import Items, Mapping, Null, Text, UnreadableError, Value
from kg.facts.yaml_file import read_yaml
from kg.rdf.datatypes import unwritable

BASES = ("stated", "layout", "inferred")


ABOUT = ("source", "quote", "basis", "note", "evidence", "drafted")  # what a record says of itself


LAST = ABOUT[2:]  # what stands behind all that a record says of its thing


FOLDERS = ("facts", "reference")


class Record(NamedTuple):
    """One fact as curated.

    `source` is "" for reference data, which have no quotes, the basis "reference" and perhaps `evidence`. `drafted` is
    the tool that proposed it, "" where a person wrote it.
    """

    file: str
    line: int
    column: int
    source: str
    quotes: tuple[Quote, ...]
    basis: str
    note: str
    evidence: str
    content: Mapping
    drafted: str = ""


class Skip(NamedTuple):
    """Words of a source that no fact needs to quote, and why; with `until`, all from the quote to that."""

    file: str
    source: str
    quote: Quote
    reason: str
    until: Quote | None = None


class Broken(NamedTuple):
    """What keeps a file from being read to its end, so that what else it says is not known."""

    fault: Fault


def read_file(path: Path, name: str) -> Iterator[Record | Skip | Fault | Broken]:
    """The records and skips of a file in their order, and what is wrong with it, each with line and column.

    `name` is what faults call the file.
    """
    reader = READERS.get(path.suffix)
    if reader is None:
        known = " ".join(sorted(READERS))
        yield Fault(name, 1, 1, f"{path.suffix or 'no ending'}: facts are read from {known} files")
        return
    try:
        yield from reader(path, name)
    except UnreadableError as unreadable:
        yield from map(Broken, unreadable.faults(name))
    except OSError as error:
        yield Broken(Fault(name, 1, 1, f"{error.strerror}; make the file readable"))


def fact_files(data: Path, root: Path) -> tuple[list[Path], list[Fault]]:
    """The files of facts and reference data, sorted, and what there is that cannot be one.

    Notes (.md), hidden files, editors' copies and the metadata of tables are left alone. A link may not lead out of
    the project.
    """
    found = [path for folder in FOLDERS if (data / folder).exists() for path in _entries(data / folder)]
    faults = [
        Fault(printable(path.relative_to(root).as_posix()), 1, 1, said)
        for path in found
        if (said := _strange(path, root))
    ]
    if not found and not any((data / "tables").glob("*")):  # a project may have tables alone
        place = (data / FOLDERS[0]).relative_to(root).as_posix()
        faults.append(Fault(place, 1, 1, "there are no facts; add a .yaml file with `facts:`"))
    return [path for path in found if not _strange(path, root)], faults


def _entries(folder: Path) -> Iterator[Path]:
    """What lies in a folder and its subfolders, whatever it is."""
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "~")) or path.name.endswith(("~", ".md")):
            continue
        if path.is_dir() and not path.is_symlink() and path.suffix not in READERS:
            yield from _entries(path)
        elif not (path.name.endswith(METADATA) and path.with_name(path.name.removesuffix(METADATA)).is_file()):
            yield path


def _strange(path: Path, root: Path) -> str:
    """Why a path cannot be a file of facts, or ""."""
    if not path.name.isprintable():
        return "a name that cannot be shown; rename it, in UTF-8"
    if _circles(path):
        return "a link that leads round in a circle; put the file itself here"
    if not path.resolve().is_relative_to(root.resolve()):
        return "a link that leads out of the project; put the file itself here"
    return "" if path.is_file() else "not a file; delete it, or fix the link"


def _circles(path: Path) -> bool:
    """Whether a link leads back to itself, by others or not."""
    try:
        path.stat()
    except OSError as error:
        return error.errno == errno.ELOOP
    return False


def _yaml_items(path: Path, name: str) -> Iterator[Record | Skip | Fault]:
    document = read_yaml(path)
    if not isinstance(document, Mapping):
        yield Fault(name, 1, 1, "expected `facts:` with a list of records")
        return
    for key in document:
        if key not in ("source", "facts", "skip"):
            hint = nearest(key, ("source", "facts", "skip"))
            yield Fault(name, key.line, key.column, f"unknown key {key!s:.80}; a file has source, facts, skip{hint}")
    source = document.get(Text("source"), Null())
    if not isinstance(source, Text | Null):
        yield Fault(name, document.line, document.column, "source must be the id of one source")
        return
    records = document.get(Text("facts"), Items())
    if not isinstance(records, Items):
        yield Fault(name, document.line, document.column, "facts must be a list; begin each record with `- `")
        records = Items()
    for record in records:
        yield from _record(record, name, source if isinstance(source, Text) else Text(""))
    yield from _skips(document.get(Text("skip"), Items()), name, source)


_MAY_BE_EMPTY = (*ABOUT, "id", "type")  # cells that say nothing where they are empty


def _csv_items(path: Path, name: str) -> Iterator[Record | Skip | Fault]:
    for row in read_csv(path):
        source = row.pop(Text("source"), Null())
        cells = Mapping(
            (key, value) for key, value in row.items() if not (key in _MAY_BE_EMPTY and isinstance(value, Null))
        )
        cells.line = row.line
        yield from _record(cells, name, source if isinstance(source, Text) else Text(""))


def _record(value: Value, name: str, source: Text) -> Iterator[Record | Fault]:
    """The record, or what is wrong with what it says of itself."""
    if not isinstance(value, Mapping):
        message = f"a record is a mapping; found {_shown(value)}, write `- id: ...`"
        yield Fault(name, value.line, value.column, message)
        return
    faults = list(_record_faults(value, source))
    if faults:
        yield from (Fault(name, *at, message) for at, message in faults)
        return
    said = {key: str(value[Text(key)]) for key in ABOUT[2:] if Text(key) in value}
    content = Mapping((key, inner) for key, inner in value.items() if key not in ABOUT)
    content.line, content.column = value.line, value.column
    yield Record(
        name,
        value.line,
        value.column,
        str(source),
        tuple(_quotes(value[Text("quote")])) if source else (),
        said.get("basis", "stated") if source else "reference",
        said.get("note", ""),
        said.get("evidence", ""),
        content,
        said.get("drafted", ""),
    )


def _shown(value: Value) -> str:
    """What stands in the place of a record, in words."""
    if isinstance(value, Text):
        return f"‘{value:.60}’"
    return "nothing" if isinstance(value, Null) else "a list"


def _record_faults(record: Mapping, source: Text) -> Iterator[tuple[tuple[int, int], str]]:
    start = record.line, record.column
    allowed = ("quote", "basis", "note", "drafted") if source else ("evidence", "note")
    for key in (key for key in record if key in ABOUT):
        at, value = (key.line, key.column), record[key]
        if key not in allowed:
            yield at, _misplaced(key, source)
        elif key == "quote":
            try:
                list(_quotes(value))
            except UnreadableError as error:
                yield (error.line, error.column), error.message
        elif not isinstance(value, Text) or not value.strip() or unwritable(value):
            yield at, _no_text(key, value)
        elif key == "basis" and value not in BASES:
            yield (value.line, value.column), f"basis {value!s:.40} is unknown; write {', '.join(BASES)}"
    if source and "quote" not in record:
        yield start, "the fact has no quote; add the exact words of the source that it rests on"
    if record.get(Text("basis")) == "inferred" and "note" not in record:
        yield start, "an inferred fact needs a note; add `note:` with the reason for the reading"
    if not record.keys() - {*ABOUT, "id"}:
        yield start, "the record says nothing; add a term of the context, as in `name: ...`"


def _no_text(key: str, value: Value) -> str:
    """Why the value of `basis`, `note`, `evidence` or `drafted` is not a text that can be published."""
    if key == "note" and (isinstance(value, Null) or (isinstance(value, Text) and not value.strip())):
        return "the note is empty; say why the words are read so, or delete it and set the basis to stated"
    return f"{key} must be text{f': {unwritable(value)}' if isinstance(value, Text) else ''}".rstrip(": ")


def _misplaced(key: str, source: Text) -> str:
    if key == "source":
        return "source stands once, at the top of the file, beside `facts:`; delete it here"
    if source:
        return f"{key} is for reference data; a fact rests on its quote"
    return f"{key} needs a source: write `source: ...` at the top of the file, or delete {key} here"


def _quotes(value: Value) -> Iterator[Quote]:
    """The parts of a quote: text, a list of parts, or exact with prefix and suffix; raises UnreadableError."""
    if isinstance(value, Items) and value:
        for part in value:
            if isinstance(part, Items):
                break
            yield from _quotes(part)
        else:
            return
    if isinstance(value, Text) and value.strip():
        yield Quote(value)
        return
    if isinstance(value, Mapping):
        exact = value.get(Text("exact"))
        sides = [value.get(Text(key), Text("")) for key in ("prefix", "suffix")]
        known = not value.keys() - {"exact", "prefix", "suffix"}
        if known and isinstance(exact, Text) and exact.strip() and all(isinstance(side, Text) for side in sides):
            yield Quote(exact, str(sides[0]), str(sides[1]))
            return
    line, column = getattr(value, "line", 1), getattr(value, "column", 1)
    raise UnreadableError(line, column, "a quote is text, a list of texts, or {exact: ..., prefix: ..., suffix: ...}")


def _skips(value: Value, name: str, source: Text | Null) -> Iterator[Skip | Fault]:
    for entry in value if isinstance(value, Items) else [value]:
        line, column = getattr(entry, "line", 1), getattr(entry, "column", 1)
        if isinstance(source, Null):
            yield Fault(name, line, column, "skip needs a source: write `source: ...` at the top of the file")
            continue
        reason = entry.get(Text("reason")) if isinstance(entry, Mapping) else None
        reason = reason if isinstance(reason, Text) and reason.strip() else None
        words = entry.keys() - {"reason"} if isinstance(entry, Mapping) else set()
        if not isinstance(entry, Mapping) or words not in ({"quote"}, {"from", "to"}) or not reason:
            message = (
                "a skip has a reason and either a quote, or the first words `from` and the last words `to` of a range"
            )
            yield Fault(name, line, column, message)
            continue
        try:
            if "quote" in words:
                yield from (Skip(name, str(source), quote, str(reason)) for quote in _quotes(entry[Text("quote")]))
            else:
                first, last = (next(_quotes(entry[Text(key)])) for key in ("from", "to"))
                yield Skip(name, str(source), first, str(reason), last)
        except UnreadableError as error:
            yield from error.faults(name)


READERS = {".yaml": _yaml_items, ".yml": _yaml_items, ".csv": _csv_items}
