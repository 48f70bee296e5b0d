"""Edits: the changes that a curator asks for at the desk, planned on the files as they stand."""

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from kg.curate.adding import file_for, first_difference
from kg.curate.changes import ConflictError, Files, content
from kg.curate.drafts import drafts_in, dropped, folder_of
from kg.curate.known import digest, quotes_of, sources_of
from kg.curate.reviewing import requoted
from kg.errors import QueryError, printable
from kg.facts.records import LAST
from kg.facts.sources import Source
from kg.facts.yaml_edit import Plain, append, change, remove
from kg.facts.yaml_text import read_plain
from kg.project import Project
from kg.rdf.terms import has_half

FACTS, SKIPS = "facts", "skip"


class Planned(NamedTuple):
    """A change before it is made: the files as they were read, as they would be, and the place that it is about."""

    read: Files
    changed: Files
    file: Path
    line: int


def plan(project: Project, asked: Mapping[str, Any]) -> Planned:
    """The change that a request asks for: `do`, one of CHANGES, with what that takes.

    QueryError where it cannot be made, ConflictError where what it changes is no longer there.
    """
    do = asked.get("do")
    if not isinstance(do, str) or do not in CHANGES:
        raise QueryError(f"{do!r} is not a change; there are {', '.join(CHANGES)}")
    planned = CHANGES[do](project, asked)
    for path in planned.changed:
        _in_folders(project, path)
    return planned


def lines_changed(planned: Planned) -> Iterator[tuple[str, str]]:
    """The lines of a change's file that go ("-"), come ("+") and stand around these (" ")."""
    old, new = (
        (files.get(planned.file) or b"").decode("utf-8").splitlines() for files in (planned.read, planned.changed)
    )
    for line in list(difflib.unified_diff(old, new, lineterm="", n=1))[2:]:
        if not line.startswith("@@"):
            yield line[:1], line[1:]


def _in_folders(project: Project, path: Path) -> None:
    """Raise QueryError for a file that is none of facts or drafts, however its path is written."""
    folders = (project.data / "facts").resolve(), folder_of(project).resolve()
    try:
        inside = any(path.resolve().is_relative_to(folder) for folder in folders)
    except (OSError, RuntimeError, ValueError):  # no name of a file, or links that lead to each other
        inside = False
    if path.suffix not in (".yaml", ".yml") or not inside:
        shown = printable(path.name[:80])
        raise QueryError(f"{shown}: the editor reads and writes .yaml files in data/facts and data/drafts alone")


def _text(project: Project, path: Path, data: bytes | None) -> str:
    """What a file says, "" where there is none; QueryError where it is not a file of facts or drafts."""
    name = path.relative_to(project.root).as_posix()
    try:
        text = (data or b"").decode("utf-8")
        said = read_plain(text)
    except (ValueError, yaml.YAMLError) as error:
        raise QueryError(f"{name}: not YAML in UTF-8: {' '.join(str(error).split())}; fix the file first") from None
    if not isinstance(said or {}, dict):
        raise QueryError(f"{name}: expected `source:` and `facts:`; fix the file first")
    return text


def _record(asked: Mapping[str, Any]) -> dict[str, Plain]:
    record = asked.get("record")
    if not isinstance(record, dict) or not _is_plain(record) or not record:
        raise QueryError("a record is words with texts of whole characters, lists of them, or mappings")
    return record


def _source(project: Project, asked: Mapping[str, Any]) -> Source:
    sources = sources_of(project)
    ident = asked.get("source")
    if not isinstance(ident, str) or ident not in sources:
        raise QueryError(f"no source is called {ident!r}; there are {', '.join(sources)}")
    return sources[ident]


def _begins(source: Source, record: Mapping[str, Plain]) -> int | None:
    """Where the last of a record's quotes stands in its source."""
    quotes = list(quotes_of(record))
    return max(0, source.text.find(quotes[-1].exact)) if quotes else None


def _is_plain(value: object, deep: int = 0) -> bool:
    if isinstance(value, dict):
        return deep < 8 and all(_is_plain(part, deep + 1) for entry in value.items() for part in entry)
    if isinstance(value, list):
        return deep < 8 and all(_is_plain(one, deep + 1) for one in value)
    return isinstance(value, str) and not has_half(value)


def _place(project: Project, asked: Mapping[str, Any], key: str = FACTS) -> tuple[Path, bytes, str, int]:
    """The file of a record that is to be changed, what it holds, and the record's place there."""
    path = project.root / str(asked.get("file"))
    _in_folders(project, path)
    try:
        there = path.is_file()
    except OSError:  # a name that is too long
        there = False
    if not there:
        raise ConflictError(f"{_file(asked)}: the file no longer exists; reload the page")
    data = path.read_bytes()
    text = _text(project, path, data)
    records = (read_plain(text) or {}).get(key)
    for number, record in enumerate(records if isinstance(records, list) else ()):
        if digest(record) == asked.get("key"):
            return path, data, text, number
    raise ConflictError(f"this record has been changed or deleted in {_file(asked)} since the page was loaded")


def _file(asked: Mapping[str, Any]) -> str:
    """The file that a request names, as a message can say it."""
    return printable(str(asked.get("file"))[:80])


def _add(project: Project, asked: Mapping[str, Any]) -> Planned:
    """A new record, also of a draft, which goes then."""
    source = _source(project, asked)
    record = _record(asked)
    path = file_for(project, source, str(asked.get("file") or ""), _begins(source, record))
    data = content(path)
    text = _text(project, path, data)
    after = append(text or f"source: {source.id}\nfacts:\n", FACTS, record)
    planned = Planned({path: data}, {path: after.encode()}, path, first_difference(text, after))
    if draft := asked.get("draft"):
        if not isinstance(draft, dict):
            raise QueryError(f"draft is {draft!r:.80}, expected the file and the key of one")
        gone = _drop(project, draft)
        planned = planned._replace(read={**planned.read, **gone.read}, changed={**planned.changed, **gone.changed})
    return planned


def _change(project: Project, asked: Mapping[str, Any]) -> Planned:
    path, data, text, number = _place(project, asked)
    after = change(text, [FACTS, number], _record(asked), LAST)
    return Planned({path: data}, {path: after.encode()}, path, first_difference(text, after))


def _delete(project: Project, asked: Mapping[str, Any]) -> Planned:
    key = SKIPS if asked.get("kind") == SKIPS else FACTS
    path, data, text, number = _place(project, asked, key)
    after = remove(text, [key, number])
    return Planned({path: data}, {path: after.encode()}, path, first_difference(text, after))


def _skip(project: Project, asked: Mapping[str, Any]) -> Planned:
    """Words that no fact needs to quote, with the reason."""
    source, record = _source(project, asked), _record(asked)
    if not record.keys() <= {"quote", "from", "to", "reason"}:
        raise QueryError("a skip has a quote, or the first and last words of a range, and a reason")
    path = file_for(project, source, at=_begins(source, record))
    data = content(path)
    text = _text(project, path, data)
    begun = text or f"source: {source.id}\nfacts: []\n"
    quotes = record.get("quote")
    after = begun
    for one in [{**record, "quote": quote} for quote in quotes] if isinstance(quotes, list) and quotes else [record]:
        after = append(after, SKIPS, one)
    return Planned({path: data}, {path: after.encode()}, path, first_difference(text, after))


def _drop(project: Project, asked: Mapping[str, Any]) -> Planned:
    """A draft that goes."""
    path, _, text, number = _place(project, asked)
    draft = [one for one in drafts_in(path, text) if one.number == number]
    if not path.resolve().is_relative_to(folder_of(project).resolve()):
        raise QueryError(f"{_file(asked)}: drafts are in data/drafts")
    read, changed = dropped(project, draft)
    return Planned(read, changed, path, number + 1)


def _move(project: Project, asked: Mapping[str, Any]) -> Planned:
    """A record of an earlier version that rests on other words, of the next one, from now on."""
    source, record = _source(project, asked), _record(asked)
    if asked.get("spans"):
        try:
            record = requoted(record, _spans(asked["spans"], source, record), source.text)
        except ValueError as error:
            raise QueryError(str(error)) from None
    gone = _delete(project, asked)
    path = file_for(project, source, at=_begins(source, record))
    data = content(path)
    text = _text(project, path, gone.changed.get(path, data))
    key = SKIPS if asked.get("kind") == SKIPS else FACTS
    after = append(text or f"source: {source.id}\nfacts: []\n", key, record)
    changed = {**gone.changed, path: after.encode()}
    return Planned({**gone.read, path: data}, changed, path, first_difference(text, after))


def _spans(spans: object, source: Source, record: Mapping[str, Plain]) -> list[tuple[int, int]]:
    """Passages of a source, one for each quote of a record; QueryError where they are others."""
    needed = len(list(quotes_of(record)))
    if not isinstance(spans, list) or len(spans) != needed:
        raise QueryError(f"spans is {spans!r:.80}, expected a list of one [start, end] a quote of the record: {needed}")
    for one in spans:
        if not isinstance(one, list) or len(one) != 2 or not all(type(offset) is int for offset in one):
            raise QueryError(f"spans has {one!r:.80}, expected [start, end], offsets in characters")
        if not 0 <= one[0] < one[1] <= len(source.text):
            raise ConflictError(f"the text of {source.id} is another than the page shows; load the page again")
    return [(start, end) for start, end in spans]


CHANGES = {"add": _add, "change": _change, "delete": _delete, "skip": _skip, "drop": _drop, "move": _move}
