"""Updating: a new version of a document as a source of its own, and the facts of the old one that its words bear out.

Facts whose words stand in the new version, in the same surroundings, rest on it from then on. The others rest on the
old version until a curator has looked at each: the old version stays, as what was said then.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from kg.curate.anchoring import Versions
from kg.curate.changes import content, make
from kg.curate.documents import Document, Told, read_document
from kg.curate.known import sources_of
from kg.curate.reviewing import LISTS, STAND, Kept, anchors_of, kept_in, requoted
from kg.errors import FactError, Fault, QueryError, nearest
from kg.facts.records import fact_files
from kg.facts.sources import Source
from kg.facts.yaml_edit import Plain, append, change, remove, set_value
from kg.facts.yaml_text import lines_of, read_plain
from kg.project import Project

KEPT = ("publisher", "rights", "url", "language")  # of the old version, where nothing else is said


class Updated(NamedTuple):
    """What came of a new version: the new source, how many passages are "same", "moved", "changed" and "vanished", how
    many records rest on it now, those that still rest on the old, and the tables that were left as they are.
    """

    source: str
    passages: Mapping[str, int]
    moved: int
    left: tuple[Kept, ...]
    tables: tuple[str, ...]


def update_source(project: Project, ident: str, path: Path, told: Told) -> Updated:
    """Take in a new version of a document, with an entry that says what it revises; all or nothing.

    QueryError where it cannot be read, its id is taken, or it says the same as the old.
    """
    sources = sources_of(project)
    if ident not in sources:
        raise QueryError(f"no source is called {ident!r}{nearest(ident, sources)}; there are {', '.join(sources)}")
    if later := next((one.id for one in sources.values() if one.revises == ident), ""):
        raise QueryError(f"{ident} has a later version, {later}; update that")
    old = sources[ident]
    document = read_document(project, path, _told(project, old, told))
    if document.text == old.text:
        raise QueryError(f"{path} says the same as {ident}, word for word; there is nothing to update")
    versions = Versions(old.text, document.text)
    records = list(kept_in(project, old, versions))
    held: set[tuple[Path, str, int]] = set()
    while True:
        plan = _Plan(project, old, document, [one for one in records if one.stands and one.place not in held])
        plan.make_files(records)
        plan.list_source(versions)
        try:
            make(project, plan.read, plan.changed)
            break
        except FactError as error:
            wrong = {place for fault in error.faults if (place := plan.at(fault))}
            if not wrong:
                raise
            held |= wrong
    passages = Counter(anchor.kind for one in records for anchor in one.anchors)
    tables = tuple(name for name in _tables(project, ident))
    left = tuple(one for one in records if one not in plan.moving)
    return Updated(document.id, passages, len(plan.moving), left, tables)


def _told(project: Project, old: Source, told: Told) -> Told:
    """What is said of the new version: what the curator says, and else what the old one's entry does."""
    entry = _entry(project, old.id)[1]
    recipe = entry.get("recipe")
    said = {key: getattr(told, key) or str(getattr(old, key)) for key in ("title", *KEPT)}
    ident, number = told.id, 2
    while not ident:
        name = f"{old.id.rpartition('-')[0] if old.revises and old.id[-1:].isdigit() else old.id}-{number}"
        ident, number = (name, number) if name not in sources_of(project) else ("", number + 1)
    select = told.select or (recipe.get("select", "") if isinstance(recipe, dict) else "")
    return told._replace(**said, id=ident, select=select)


def _entry(project: Project, ident: str) -> tuple[int, dict[str, Any]]:
    """The place of a source in data/sources.yaml, and what is said of it there."""
    entries = read_plain((project.data / "sources.yaml").read_text(encoding="utf-8"))["sources"]
    return next((number, entry) for number, entry in enumerate(entries) if entry["id"] == ident)


class _Plan:
    """The files as they would be with some records on the new version, and the others on the old."""

    def __init__(self, project: Project, old: Source, document: Document, moving: Sequence[Kept]) -> None:
        self.project, self.old, self.document, self.moving = project, old, document, list(moving)
        self.read: dict[Path, bytes | None] = dict.fromkeys(document.files)
        self.changed: dict[Path, bytes | None] = dict(document.files)
        self._order: dict[tuple[str, str], list[Kept]] = {}  # the records of a file's lists, as they would stand

    def make_files(self, records: Sequence[Kept]) -> None:
        """Put the records that move on the new version; the others of their files into files of their own."""
        for path in dict.fromkeys(one.path for one in records):
            own = [one for one in records if one.path == path]
            going = [one for one in own if one in self.moving]
            if going:
                self.read[path] = content(path)
                text = (self.read[path] or b"").decode("utf-8")
                self.changed[path] = self._moved(path, text, own, going).encode()

    def _moved(self, path: Path, text: str, own: Sequence[Kept], going: Sequence[Kept]) -> str:
        """A file with the records that move; those that stay are taken out, behind those of their file beside it."""
        for one in going:
            spans = [(anchor.places[0].start, anchor.places[0].end) for anchor in one.anchors]
            text = change(text, [one.key, one.number], requoted(one.record, spans, self.document.text))
        staying = [one for one in own if one not in going]
        for one in sorted(staying, key=lambda one: -one.number):
            text = remove(text, [one.key, one.number])
        name = path.relative_to(self.project.root).as_posix()
        for key in LISTS:
            self._order[name, key] = [one for one in going if one.key == key]
        if staying:
            beside = path.with_name(f"{path.stem}-{self.old.id}{path.suffix}")
            self.read[beside] = content(beside)
            earlier = (self.read[beside] or b"").decode("utf-8") or f"source: {self.old.id}\nfacts: []\n"
            for one in staying:
                earlier = append(earlier, one.key, dict(one.record))
            self.changed[beside] = earlier.encode()
        return set_value(text, [], "source", self.document.id)

    def list_source(self, versions: Versions) -> None:
        """List the new version, with as much of it to be read as of the old, of which nothing is from now on."""
        listed = self.project.data / "sources.yaml"
        self.read[listed] = content(listed)
        text = (self.read[listed] or b"").decode("utf-8")
        number, entry = _entry(self.project, self.old.id)
        reading: dict[str, Plain] = {key: entry[key] for key in ("coverage",) if key in entry}
        if cover := list(_cover(self.old, versions)):
            reading["cover"] = list(cover)
        text = set_value(text, ["sources", number], "coverage", "0")
        if "cover" in entry:
            text = remove(text, ["sources", number, "cover"])
        self.changed[listed] = append(
            text, "sources", {**self.document.entry, "revises": self.old.id, **reading}
        ).encode()

    def at(self, fault: Fault) -> tuple[Path, str, int] | None:
        """The place of the record that moves in whose lines a fault lies."""
        text = (self.changed.get(self.project.root / fault.file) or b"").decode("utf-8")
        lines = [
            (line, one.place)
            for key in LISTS
            for line, one in zip(lines_of(text, key), self._order.get((fault.file, key), ()), strict=False)
            if line <= fault.line
        ]
        return max(lines)[1] if lines else None


def _cover(old: Source, versions: Versions) -> Iterator[dict[str, Plain]]:
    """The ranges of the old version that are to be read, where their ends stand in the new one."""
    for first, last in old.cover:
        ends = list(anchors_of({"from": first, "to": last}, old, versions))
        if all(one.kind in STAND for one in ends):
            yield {"from": str(first), "to": str(last)}


def _tables(project: Project, ident: str) -> Iterator[str]:
    """The tables with facts of a source, which an update leaves as they are."""
    for path in fact_files(project.data, project.root)[0]:
        if path.suffix == ".csv" and f"{ident}" in path.read_text(encoding="utf-8", errors="replace"):
            yield path.relative_to(project.root).as_posix()
