"""Drafts: facts that somebody or something proposed, in `data/drafts/`, which the build does not read until a curator
accepts them.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import yaml

from kg.curate.adding import file_for, first_difference
from kg.curate.changes import Files, content, make
from kg.curate.known import needed, quotes_of, sources_of
from kg.errors import FactError, Fault, QueryError, nearest
from kg.facts.sources import Source
from kg.facts.yaml_edit import Plain, append, remove
from kg.facts.yaml_text import EditError, read_plain
from kg.project import Project
from kg.rdf.ontology import read_vocabulary


class Draft(NamedTuple):
    """A proposed record: its file, its place there from 0, its source, and what it says; `remarks` are the comments
    behind it, on what could not be taken over.
    """

    path: Path
    number: int
    source: str
    record: dict[str, Plain]
    remarks: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What it is called on the command line: its file and its place from 1."""
        return f"{self.path.stem}:{self.number + 1}"


class Accepted(NamedTuple):
    """What became of drafts: the files that changed, the drafts accepted, and those refused with their faults."""

    files: tuple[Path, ...]
    accepted: tuple[Draft, ...]
    refused: tuple[tuple[Draft, Fault], ...]


def folder_of(project: Project) -> Path:
    """The folder of a project's drafts."""
    return project.data / "drafts"


def read_drafts(project: Project) -> list[Draft]:
    """The drafts of a project, by file and place; FactError for files that are not drafts."""
    found: list[Draft] = []
    faults: list[Fault] = []
    for path in sorted(folder_of(project).glob("*.yaml")):
        name = path.relative_to(project.root).as_posix()
        try:
            found += drafts_in(path, path.read_bytes().decode("utf-8"))
        except (EditError, ValueError) as error:
            faults.append(Fault(name, 1, 1, f"not a file of drafts: {error}"))
    if faults:
        raise FactError(faults)
    return found


def drafts_in(path: Path, text: str) -> Iterator[Draft]:
    """The drafts of one file; ValueError where it has no `source` and `facts`, as a file of facts has."""
    try:
        said = read_plain(text)
    except yaml.YAMLError as error:
        raise ValueError(" ".join(str(error).split())) from None
    records = said.get("facts") if isinstance(said, dict) else None
    if not isinstance(said, dict) or not isinstance(said.get("source"), str) or not isinstance(records or [], list):
        raise ValueError("expected `source:` and `facts:`, as in a file of facts")
    remarks = _remarks(text)
    for number, record in enumerate(records or []):
        if not isinstance(record, dict):
            raise ValueError(f"draft {number + 1} is not a mapping")
        yield Draft(path, number, said["source"], record, remarks.get(number, ()))


def _remarks(text: str) -> dict[int, tuple[str, ...]]:
    """The comments that stand behind each record of a file that kg wrote."""
    found: dict[int, tuple[str, ...]] = {}
    number = -1
    for line in text.splitlines():
        if line.startswith("- "):
            number += 1
        elif line.startswith("  # ") and number >= 0:
            found[number] = (*found.get(number, ()), line[4:])
    return found


def written(source: str, drafts: Sequence[tuple[dict[str, Plain], Sequence[str]]], before: str = "") -> str:
    """A file of drafts: those that are there, and behind them records, each with its remarks as comments."""
    text = f"{before.rstrip()}\n" if before else f"source: {source}\nfacts:\n"
    for record, remarks in drafts:  # behind the remarks of those before, which `append` would not keep apart
        text += append("", "facts", record).removeprefix("facts:\n")
        text += "".join(f"  # {' '.join(remark.split())}\n" for remark in remarks)
    there = len(list(drafts_in(Path(), before))) if before else 0
    if len(list(drafts_in(Path(), text))) != there + len(drafts):
        raise EditError("the drafts that are there are not written as kg does; accept or drop them first")
    return text


def chosen(project: Project, names: Sequence[str]) -> list[Draft]:
    """The drafts of some names, all where there are none: a file's, as in `report`, or one, as in `report:3`."""
    every = read_drafts(project)
    if not names:
        return every
    found: list[Draft] = []
    for name in names:
        here = [one for one in every if name in (one.name, one.path.stem, one.path.name)]
        if not here:
            there = ", ".join(dict.fromkeys(one.path.stem for one in every)) or "none"
            raise QueryError(f"no draft is called {name!r}; there are files {there}, each draft as in FILE:3")
        found += here
    return [one for number, one in enumerate(found) if one not in found[:number]]


def accept(project: Project, drafts: Sequence[Draft], file: str = "") -> Accepted:
    """Put drafts into the files of facts of their sources, as many as build with the others; these leave the drafts."""
    known = sources_of(project)  # says what is wrong with the sources, too
    if unknown := next((one.source for one in drafts if one.source not in known), ""):
        raise QueryError(f"no source is called {unknown!r}{nearest(unknown, known)}; fix `source:` in the drafts")
    left = list(drafts)
    refused: list[tuple[Draft, Fault]] = []
    while left:
        read, changed, lines = _accepted(project, left, known, file)
        try:
            make(project, read, changed)
            return Accepted(tuple(changed), tuple(left), tuple(refused))
        except FactError as error:
            wrong: dict[int, Fault] = {}
            for fault in error.faults:
                if (one := _at(lines, fault)) is not None:
                    wrong.setdefault(one, fault)
            if not wrong:  # a fault that no draft alone has
                raise
            refused += [(left[number], fault) for number, fault in sorted(wrong.items())]
            left = [one for number, one in enumerate(left) if number not in wrong]
    return Accepted((), (), tuple(refused))


def _accepted(
    project: Project, drafts: Sequence[Draft], sources: Mapping[str, Source], file: str
) -> tuple[Files, Files, list[tuple[str, int]]]:
    """The files as they are, as they would be with some drafts accepted, and where each of these would begin."""
    read: dict[Path, bytes | None] = {}
    texts: dict[Path, str] = {}
    lines: list[tuple[str, int]] = []
    for draft in drafts:
        source = sources[draft.source]
        quotes = list(quotes_of(draft.record))
        path = file_for(project, source, file, max(0, source.text.find(quotes[-1].exact)) if quotes else None)
        if path not in read:
            read[path] = content(path)
            texts[path] = (read[path] or b"").decode("utf-8") or f"source: {draft.source}\nfacts:\n"
        before = texts[path]
        texts[path] = append(before, "facts", draft.record)
        lines.append((path.relative_to(project.root).as_posix(), first_difference(before, texts[path])))
    without, gone = dropped(project, drafts)
    return {**read, **without}, {**{path: text.encode() for path, text in texts.items()}, **gone}, lines


def _at(lines: Sequence[tuple[str, int]], fault: Fault) -> int | None:
    """The draft in whose lines a fault lies."""
    here = [(line, number) for number, (file, line) in enumerate(lines) if file == fault.file and line <= fault.line]
    return max(here)[1] if here else None


def needs(project: Project, drafts: Sequence[Draft]) -> Iterator[tuple[Draft, list[str]]]:
    """What the shapes of their classes want of the things that drafts introduce, and they do not say."""
    vocabulary = read_vocabulary(project.ontology, project.base)
    for draft in drafts:
        kind = draft.record.get("type")
        words = [word for word in needed(vocabulary, str(kind)) if word not in draft.record] if kind else []
        if words:
            yield draft, words


def drop(project: Project, drafts: Sequence[Draft]) -> None:
    """Delete drafts; a file without any goes as well."""
    make(project, *dropped(project, drafts))


def dropped(project: Project, drafts: Sequence[Draft]) -> tuple[Files, Files]:
    """The files of some drafts as they are, and as they would be without these; None for a file that has no other."""
    read: dict[Path, bytes | None] = {path: content(path) for path in {one.path for one in drafts}}
    changed: dict[Path, bytes | None] = {}
    for path, data in read.items():
        text = (data or b"").decode("utf-8")
        numbers = sorted((one.number for one in drafts if one.path == path), reverse=True)
        if len(numbers) == len(list(drafts_in(path, text))):
            changed[path] = None
            continue
        for number in numbers:
            text = _without(text, number)
        changed[path] = text.encode()
    return read, changed


def _without(text: str, number: int) -> str:
    """A file of drafts without one of them, and without its remarks."""
    left = remove(text, ["facts", number])
    lines = left.splitlines(keepends=True)
    at = first_difference(text, left) - 1
    while at < len(lines) and lines[at].startswith("  # "):
        del lines[at]
    return "".join(lines)
