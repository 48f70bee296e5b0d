"""Edits: the changes that a curator asks for at the desk, planned on the files as they stand."""

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from kg.curate.adding import file_for, first_difference
from kg.curate.changes import ConflictError, Files, content
from kg.curate.drafts import drafts_in, dropped, folder_of
from kg.curate.known import digest, quotes_of, sources_of
from kg.curate.reviewing import requoted
from kg.errors import QueryError
from kg.facts.records import LAST
from kg.facts.sources import Source
from kg.facts.yaml_edit import Plain, append, change, remove
from kg.facts.yaml_text import read_plain
from kg.project import Project

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
    if do not in CHANGES:
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
    if path.suffix not in (".yaml", ".yml") or not any(path.resolve().is_relative_to(folder) for folder in folders):
        raise QueryError(f"{path.name}: the editor reads and writes .yaml files in data/facts and data/drafts alone")


def _record(asked: Mapping[str, Any]) -> dict[str, Plain]:
    record = asked.get("record")
    if not isinstance(record, dict) or not _is_plain(record) or not record:
        raise QueryError("a record is words with texts, lists of them, or mappings")
    return record


def _source(project: Project, asked: Mapping[str, Any]) -> Source:
    sources = sources_of(project)
    if asked.get("source") not in sources:
        raise QueryError(f"no source is called {asked.get('source')!r}; there are {', '.join(sources)}")
    return sources[asked["source"]]


def _begins(source: Source, record: Mapping[str, Plain]) -> int | None:
    """Where the last of a record's quotes stands in its source."""
    quotes = list(quotes_of(record))
    return max(0, source.text.find(quotes[-1].exact)) if quotes else None


def _is_plain(value: object, deep: int = 0) -> bool:
    if isinstance(value, dict):
        return deep < 8 and all(isinstance(key, str) and _is_plain(one, deep + 1) for key, one in value.items())
    if isinstance(value, list):
        return deep < 8 and all(_is_plain(one, deep + 1) for one in value)
    return isinstance(value, str)


def _place(project: Project, asked: Mapping[str, Any], key: str = FACTS) -> tuple[Path, bytes, str, int]:
    """The file of a record that is to be changed, what it holds, and the record's place there."""
    path = project.root / str(asked.get("file"))
    _in_folders(project, path)
    if not path.is_file():
        raise ConflictError(f"{asked.get('file')}: the file no longer exists; reload the page")
    data = path.read_bytes()
    text = data.decode("utf-8")
    records = (read_plain(text) or {}).get(key) or []
    for number, record in enumerate(records):
        if digest(record) == asked.get("key"):
            return path, data, text, number
    raise ConflictError(f"this record has been changed or deleted in {asked.get('file')} since the page was loaded")


def _add(project: Project, asked: Mapping[str, Any]) -> Planned:
    """A new record, also of a draft, which goes then."""
    source = _source(project, asked)
    record = _record(asked)
    path = file_for(project, source, str(asked.get("file") or ""), _begins(source, record))
    data = content(path)
    text = (data or b"").decode("utf-8")
    after = append(text or f"source: {source.id}\nfacts:\n", FACTS, record)
    planned = Planned({path: data}, {path: after.encode()}, path, first_difference(text, after))
    if draft := asked.get("draft"):
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
    text = (data or b"").decode("utf-8")
    begun = text or f"source: {source.id}\nfacts: []\n"
    if isinstance(record.get("quote"), list):
        for quote in record["quote"] or ():
            begun = append(begun, SKIPS, {**record, "quote": quote})
        after = begun
    else:
        after = append(begun, SKIPS, record)
    return Planned({path: data}, {path: after.encode()}, path, first_difference(text, after))


def _drop(project: Project, asked: Mapping[str, Any]) -> Planned:
    """A draft that goes."""
    path, _, text, number = _place(project, asked)
    draft = [one for one in drafts_in(path, text) if one.number == number]
    if not path.resolve().is_relative_to(folder_of(project).resolve()):
        raise QueryError(f"{asked.get('file')}: drafts are in data/drafts")
    read, changed = dropped(project, draft)
    return Planned(read, changed, path, number + 1)


def _move(project: Project, asked: Mapping[str, Any]) -> Planned:
    """A record of an earlier version that rests on other words, of the next one, from now on."""
    source, record = _source(project, asked), _record(asked)
    if spans := asked.get("spans"):
        record = requoted(record, [(int(start), int(end)) for start, end in spans], source.text)
    gone = _delete(project, asked)
    path = file_for(project, source, at=_begins(source, record))
    data = content(path)
    text = (data or b"").decode("utf-8")
    key = SKIPS if asked.get("kind") == SKIPS else FACTS
    after = append(text or f"source: {source.id}\nfacts: []\n", key, record)
    changed = {**gone.changed, path: after.encode()}
    return Planned({**gone.read, path: data}, changed, path, first_difference(text, after))


CHANGES = {"add": _add, "change": _change, "delete": _delete, "skip": _skip, "drop": _drop, "move": _move}
