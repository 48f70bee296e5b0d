"""Desk: a source as a curator works on it: its text, what rests on it, what is unread, what a form for a fact offers;
and the changes that are made there, each shown before it is written, and undone.
"""

import base64
import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from kg.build.coverage import read_coverage
from kg.curate.adding import classes_named, date_in, name_for, new_id, proper_name
from kg.curate.changes import ConflictError, Files, brought, make
from kg.curate.documents import ORIGINALS
from kg.curate.drafts import Draft, folder_of, read_drafts
from kg.curate.edits import FACTS, SKIPS, lines_changed, plan
from kg.curate.known import Known, classes, digest, quotes_of, read_known
from kg.curate.passages import quote_of, whole
from kg.curate.pictures import picture
from kg.curate.reviewing import compared, reviews
from kg.curate.schema import concepts_of, definition_of, said_of, takes, words_of
from kg.errors import FactError, KgError, QueryError
from kg.facts.quotes import find, occurrences
from kg.facts.reading import folded, named_in
from kg.facts.records import BASES, fact_files
from kg.facts.sources import Source
from kg.facts.values import Text
from kg.facts.yaml_edit import Plain
from kg.facts.yaml_text import lines_of, read_plain
from kg.project import Project, read_project
from kg.rdf.terms import EDTF

MOST_IDS = 5000  # that a form offers


class Shown(NamedTuple):
    """A record as it stands in its file: what it is called here, its file and line, where it quotes, what it says."""

    key: str
    file: str
    line: int
    spans: tuple[tuple[int, int], ...]
    record: Mapping[str, Any]
    problem: str = ""


class Desk:
    """A project under a curator's hands, with what can be undone."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._done: list[tuple[str, Files, Files]] = []
        self._known: tuple[str, Known] | None = None

    @property
    def project(self) -> Project:
        """The project as it is now."""
        return read_project(self.root)

    def known(self) -> Known:
        """What the project has to choose from, read again where a file has changed."""
        stamp = self.stamp()
        if self._known is None or self._known[0] != stamp:
            self._known = stamp, read_known(self.project)
        return self._known[1]

    def overview(self) -> dict[str, Any]:
        """The project's title, its sources with how much of each is read, and how many drafts there are."""
        project = self.project
        drafts = _drafts(project)
        read = read_coverage(project)
        return {
            "title": project.name or project.title or project.base,
            "sources": [
                {
                    "id": one.id,
                    "title": one.title,
                    "read": covered.shown,
                    "unread": len(covered.unread),
                    "drafts": sum(draft.source == one.id for draft in drafts),
                }
                for one, covered in read.sources
            ],
            "faults": [fault._asdict() for fault in read.faults],
        }

    def source(self, ident: str, have: str = "") -> dict[str, Any]:
        """A source with all that rests on it; offsets are in code points. Its text is left out where `have` is its
        SHA-256.
        """
        project = self.project
        source = self._source(ident)
        covered = {one.id: covered for one, covered in read_coverage(project).sources}[ident]
        lines = [0, *(found.end() for found in re.finditer("\n", source.text))]
        shown = list(_shown(project, source))
        unread = [(lines[line - 1] + column - 1, len(text)) for line, column, text in covered.unread]
        return {
            "id": ident,
            "title": source.title,
            "language": source.languages[0] if source.languages else "en",
            "sha256": source.sha256,
            "text": None if have == source.sha256 else source.text,
            "lacking": list(_lacking(self.known(), ident)),
            "drawn": (project.data / ORIGINALS / f"{ident}.pdf").is_file() and bool(source.pages),
            "pages": [[page.offset, page.label] for page in source.pages],
            "read": covered.shown,
            "unread": [[start, start + length] for start, length in unread],
            "facts": [one._asdict() for key, one in shown if key == FACTS],
            "skips": [one._asdict() for key, one in shown if key == SKIPS],
            "drafts": [
                {
                    **_of(source, digest(one.record), one.path, one.number + 1, one.record, project)._asdict(),
                    "remarks": one.remarks,
                    "name": one.name,
                }
                for one in _drafts(project)
                if one.source == ident
            ],
            "waiting": [compared(project, one) for one in reviews(project) if one.new.id == ident],
            "undo": self._done[-1][0] if self._done else "",
        }

    def form(self) -> dict[str, Any]:
        """What a form for a fact offers: classes, words with what they take, concepts, ids, the bases."""
        known = self.known()
        vocabulary, context = known.vocabulary, known.vocabulary.context
        said = said_of(vocabulary)
        return {
            "classes": [
                {"name": name, "definition": definition_of(said.get(iri, {})), "needs": known.needs.get(name, [])}
                for name, iri in classes(vocabulary).items()
            ],
            "words": [
                {
                    "name": name,
                    "label": said.get(term.iri, {}).get("label", name),
                    "definition": definition_of(said.get(term.iri, {})),
                    "example": said.get(term.iri, {}).get("example", ""),
                    "takes": takes(term),
                    "kind": {"@id": "thing", "@vocab": "concept", EDTF: "date"}.get(term.type, "text"),
                }
                for name, term in words_of(context).items()
            ],
            "concepts": concepts_of(vocabulary),
            "ids": [
                {"id": ident, "type": kind, "name": known.called.get(ident, "")}
                for ident, kind in list(known.ids.items())[:MOST_IDS]
            ],
            "bases": list(BASES),
        }

    def page(self, ident: str, spans: Sequence[Sequence[int]]) -> dict[str, Any]:
        """The page of a source's PDF on which the first of some passages stands: its picture, and their frames."""
        source = self._source(ident)
        number = source.page_at(int(spans[0][0])) if spans else 0
        project = self.project
        original = project.data / ORIGINALS / f"{ident}.pdf"
        inside = original.resolve().is_relative_to(project.root.resolve())
        if not number or not original.is_file() or not inside:
            raise QueryError(f"{ident} has no pages that can be shown")
        drawn = picture(original, number, [source.text[int(start) : int(end)] for start, end in spans])
        label = source.pages[number - 1].label
        return {"number": number, "label": label, "png": base64.b64encode(drawn.png).decode(), "frames": drawn.frames}

    def propose(self, ident: str, spans: Sequence[Sequence[int]], words: Sequence[str]) -> dict[str, Any]:
        """What some passages suggest: the quote, an id, classes, a date, and the things that they name.

        ConflictError where the words are not those that the source has there.
        """
        source = self._source(ident)
        vocabulary, _, known, names, called, *_ = self.known()
        grown = self._spans(source, spans, words)
        exact = source.text[slice(*grown[0])]
        every = " ".join(source.text[start:end] for start, end in grown)
        date = date_in(vocabulary, every, source)
        quoted = folded(every)
        proper = proper_name(exact, names) or exact
        named = [one for name, one in names.items() if named_in(name, quoted)]
        return {
            "quote": _quote(source, grown),
            "spans": grown,
            "words": [source.text[start:end] for start, end in grown],
            "id": names.get(quoted) or names.get(quoted.removeprefix("the ")) or new_id(proper, known),
            "types": classes_named(vocabulary, exact),
            "name": name_for(vocabulary.context, proper, source) if "name" in vocabulary.context.terms else None,
            "whole": " ".join(exact.split()),
            "date": date,
            "names": [[called[one], one] for one in dict.fromkeys(named)][:12],
            "occurrences": [[at, at + len(exact)] for at in occurrences(source.text, exact)],
        }

    def preview(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """What a change would do: the lines of its file that differ, and the faults that it would bring."""
        planned = plan(self.project, asked)
        return {
            "file": self._name(planned.file),
            "line": planned.line,
            "lines": list(lines_changed(planned)),
            "faults": [fault._asdict() for fault in brought(self.project, planned.changed)],
        }

    def apply(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Make a change: its file and line, and what the class of a new thing still needs; FactError where it does not
        build, ConflictError where somebody else was first.
        """
        project = self.project
        planned = plan(project, asked)
        make(project, planned.read, planned.changed)
        self._done.append((asked["do"], planned.read, planned.changed))
        return {"file": self._name(planned.file), "line": planned.line, "needs": self._needs(asked)}

    def undo(self) -> dict[str, Any]:
        """Take back the last change that was made here; ConflictError where its files have been changed since."""
        if not self._done:
            raise QueryError("nothing to undo")
        what, before, after = self._done[-1]
        make(self.project, after, {path: before.get(path) for path in after})
        self._done.pop()
        return {"undone": what}

    def stamp(self) -> str:
        """What changes when a file of the project does."""
        project = self.project
        files = [project.data / "sources.yaml", *fact_files(project.data, project.root)[0]]
        files += [*sorted(folder_of(project).glob("*.yaml")), *sorted(project.ontology.glob("*"))]
        stats = [(str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in files if path.is_file()]
        return hashlib.sha256(json.dumps(stats).encode()).hexdigest()[:16]

    def _name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    def _needs(self, asked: Mapping[str, Any]) -> list[str]:
        record = asked.get("record")
        if asked["do"] != "add" or not isinstance(record, dict) or not isinstance(record.get("type"), str):
            return []
        return [word for word in self.known().needs.get(record["type"], ()) if word not in record]

    def _source(self, ident: str) -> Source:
        sources = self.known().sources
        if ident not in sources:
            raise QueryError(f"no source is called {ident!r}; there are {', '.join(sources)}")
        return sources[ident]

    def _spans(self, source: Source, spans: Sequence[Sequence[int]], words: Sequence[str]) -> list[tuple[int, int]]:
        """Passages, grown to whole words; ConflictError where a client counts otherwise than the source does."""
        grown = []
        for (start, end), said in zip(spans, words, strict=True):
            if not 0 <= start < end <= len(source.text) or source.text[start:end] != said:
                raise ConflictError(f"the text of {source.id} is another than the page shows; load the page again")
            grown.append(whole(source.text, start, end))
        if not grown or any(start >= end for start, end in grown):
            raise QueryError("select some words first")
        return grown


def _lacking(known: Known, ident: str) -> Iterator[dict[str, Any]]:
    """The things that facts of a source introduce and that lack what the shapes of their classes want."""
    said: dict[str, set[str]] = {}
    kinds: dict[str, tuple[str, str, int]] = {}
    for record in known.records:
        thing = str(record.content.get(Text("id"), ""))
        said.setdefault(thing, set()).update(map(str, record.content))
        introduced = record.content.get(Text("type"))
        if record.source == ident and isinstance(introduced, Text):
            kinds[thing] = str(introduced), record.file, record.line
    same = {word: term.iri for word, term in known.vocabulary.context.terms.items()}
    for thing, (kind, file, line) in kinds.items():
        has = {same.get(word) for word in said[thing]}
        if words := [word for word in known.needs.get(kind, ()) if same[word] not in has]:
            yield {"id": thing, "type": kind, "words": words, "file": file, "line": line}


def _drafts(project: Project) -> list[Draft]:
    """The drafts of a project; none where a file of them is broken, which `kg drafts` says."""
    try:
        return read_drafts(project)
    except FactError:
        return []


def _shown(project: Project, source: Source) -> Iterator[tuple[str, Shown]]:
    """The records of a source's YAML files, each with the list that it stands in, `facts` or `skip`."""
    for path in fact_files(project.data, project.root)[0]:
        if path.suffix not in (".yaml", ".yml"):
            continue
        try:
            text = path.read_bytes().decode("utf-8")
            said = read_plain(text)
            if not isinstance(said, dict) or said.get("source") != source.id:
                continue
            lines = {key: lines_of(text, key) for key in (FACTS, SKIPS) if said.get(key)}
        except (KgError, ValueError, OSError, yaml.YAMLError):  # which the build says
            continue
        for key, places in lines.items():
            for record, line in zip(said[key], places, strict=False):
                if isinstance(record, dict):
                    yield key, _of(source, digest(record), path, line, record, project)


def _of(source: Source, key: str, path: Path, line: int, record: Mapping[str, Any], project: Project) -> Shown:
    spans, problem = [], ""
    for quote in quotes_of(record):
        try:
            found = find(source, quote)
            spans.append((found.start, found.end))
        except ValueError as error:
            problem = str(error)
    if "from" in record and len(spans) == 2:
        spans = [(spans[0][0], spans[1][1])]
    return Shown(key, path.relative_to(project.root).as_posix(), line, tuple(spans), record, problem)


def _quote(source: Source, spans: Sequence[tuple[int, int]]) -> Plain:
    """The quote of passages as a record has it."""
    try:
        quotes = [quote_of(source.text, start, end) for start, end in spans]
    except ValueError as error:
        raise QueryError(str(error)) from None
    return quotes[0] if len(quotes) == 1 else quotes
