"""Updating: a new version of a document as a source of its own, and the facts of the old one that its words bear out.

Facts whose words stand in the new version, in the same surroundings, rest on it from then on. The others rest on the
old version until a curator has looked at each: the old version stays, as what was said then.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from kg.curate.adding import file_for
from kg.curate.anchoring import Anchor, Versions, differences
from kg.curate.changes import ConflictError, Files, content, make
from kg.curate.documents import Document, Told, read_document
from kg.curate.known import digest, sources_of
from kg.curate.passages import quote_of
from kg.errors import FactError, Fault, QueryError, nearest
from kg.facts.quotes import Quote, find
from kg.facts.records import fact_files
from kg.facts.sources import Source
from kg.facts.values import Text
from kg.facts.yaml_edit import Plain, append, change, remove, set_value
from kg.facts.yaml_text import lines_of, read_plain
from kg.project import Project

LISTS = ("facts", "skip")
STAND = ("same", "moved")  # the kinds of passages that stand word for word in the next version
MARKS = {" ": "{}", "-": "[-{}-]", "+": "{{+{}+}}"}  # what is the same, gone and new
KEPT = ("publisher", "rights", "url", "language")  # of the old version, where nothing else is said


class Kept(NamedTuple):
    """A record of an earlier version: its file, the list it stands in and its place there, what it says, and what
    became of the passages that it quotes.
    """

    path: Path
    key: str
    number: int
    record: Mapping[str, Any]
    anchors: tuple[Anchor, ...]

    @property
    def place(self) -> tuple[Path, str, int]:
        """What tells it from every other record."""
        return self.path, self.key, self.number

    @property
    def kind(self) -> str:
        """What became of the worst of its passages."""
        order = ("vanished", "changed", "moved", "same")
        return min((one.kind for one in self.anchors), key=order.index, default="vanished")

    @property
    def stands(self) -> bool:
        """Whether all its words stand in the new version."""
        return self.kind in STAND


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


def kept_in(project: Project, old: Source, versions: Versions) -> Iterator[Kept]:
    """The records of a source's YAML files, with what became of their words in a later version."""
    for path in fact_files(project.data, project.root)[0]:
        if path.suffix not in (".yaml", ".yml"):
            continue
        said = read_plain(path.read_bytes().decode("utf-8"))
        if not isinstance(said, dict) or said.get("source") != old.id:
            continue
        for key in LISTS:
            for number, record in enumerate(said.get(key) or []):
                yield Kept(path, key, number, record, tuple(_anchors(record, old, versions)))


def _anchors(record: Mapping[str, Any], old: Source, versions: Versions) -> Iterator[Anchor]:
    for quote in quotes_of(record):
        try:
            found = find(old, quote)
        except ValueError:  # which the build says
            yield Anchor("vanished")
            continue
        yield versions.anchor(found.start, found.end)


def quotes_of(record: Mapping[str, Any]) -> Iterator[Quote]:
    """The quotes of a record, in order: those of `quote`, or of a skipped range."""
    values = [record[key] for key in ("quote", "from", "to") if key in record]
    for one in (one for value in values for one in (value if isinstance(value, list) else [value])):
        said = one if isinstance(one, dict) else {"exact": one}
        yield Quote(Text(said.get("exact", "")), said.get("prefix", ""), said.get("suffix", ""))


def requoted(record: Mapping[str, Any], spans: Sequence[tuple[int, int]], text: str) -> dict[str, Plain]:
    """A record that quotes other passages, in the order of its quotes."""
    quotes = iter([quote_of(text, *span) for span in spans])
    return {
        key: ([next(quotes) for _ in value] if isinstance(value, list) else next(quotes))
        if key in ("quote", "from", "to")
        else value
        for key, value in record.items()
    }


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
        ends = list(_anchors({"from": first, "to": last}, old, versions))
        if all(one.kind in STAND for one in ends):
            yield {"from": str(first), "to": str(last)}


def _tables(project: Project, ident: str) -> Iterator[str]:
    """The tables with facts of a source, which an update leaves as they are."""
    for path in fact_files(project.data, project.root)[0]:
        if path.suffix == ".csv" and f"{ident}" in path.read_text(encoding="utf-8", errors="replace"):
            yield path.relative_to(project.root).as_posix()


# What is left to be looked at


class Review(NamedTuple):
    """A record that rests on an earlier version, with that version and the next."""

    kept: Kept
    old: Source
    new: Source


def reviews(project: Project) -> Iterator[Review]:
    """The records that rest on sources of which there are later versions."""
    sources = sources_of(project)
    for new in sources.values():
        if old := sources.get(new.revises):
            for kept in kept_in(project, old, Versions(old.text, new.text)):
                yield Review(kept, old, new)


def spans_of(review: Review, pick: int) -> list[tuple[int, int]]:
    """The passages of the next version that are a record's `pick`th best, from 1; where words stand, these alone."""
    places = [anchor.places[0 if anchor.kind in STAND else pick - 1] for anchor in review.kept.anchors]
    return [(place.start, place.end) for place in places]


def choices(review: Review) -> int:
    """How many picks a record has."""
    return min((len(anchor.places) for anchor in review.kept.anchors if anchor.kind not in STAND), default=1)


def told(review: Review) -> Iterator[str]:
    """A record that waits, in lines: what it says, its words with those around them, and what is like them now."""
    kept, old, new = review
    for key, value in kept.record.items():
        if key not in ("quote", "from", "to"):
            yield f"  {key}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"
    for quote, anchor in zip(quotes_of(kept.record), kept.anchors, strict=True):
        start = find(old, quote).start if anchor.places or quote.exact in old.text else 0
        yield f"  then: {_around(old.text, start, start + len(quote.exact))}"
        if anchor.kind in STAND:
            yield "   now: the same words"
        elif not anchor.places:
            yield "   now: nothing is like it"
        else:
            for number, place in enumerate(anchor.places, 1):
                words = differences(quote.exact, new.text[place.start : place.end])
                marked = "".join(
                    f"[-{text}-]" if mark == "-" else f"{{+{text}+}}" if mark == "+" else text for mark, text in words
                )
                yield f"  {number}. {' '.join(marked.split())}  ({place.score:.0%} alike)"


def compared(project: Project, review: Review) -> dict[str, Any]:
    """A record that waits, for a page: what it says, its words with those around them, and for each choice the passages
    of the next version, with the words that differ.
    """
    kept, old, new = review
    then = [
        (one.start, one.end)
        for one in (find(old, quote) for quote in quotes_of(kept.record) if quote.exact in old.text)
    ]
    picks = (
        [spans_of(review, pick) for pick in range(1, choices(review) + 1)]
        if all(a.places for a in kept.anchors)
        else []
    )
    return {
        "key": digest(kept.record),
        "file": kept.path.relative_to(project.root).as_posix(),
        "kind": kept.key,
        "became": kept.kind,
        "record": kept.record,
        "then": [[old.text[max(0, a - 60) : a], old.text[a:b], old.text[b : b + 60]] for a, b in then],
        "choices": [
            {
                "spans": spans,
                "differences": [
                    list(differences(old.text[a:b], new.text[start:end]))
                    for (a, b), (start, end) in zip(then, spans, strict=False)
                ],
            }
            for spans in picks
        ],
    }


def _around(text: str, start: int, end: int) -> str:
    return " ".join(f"…{text[max(0, start - 40) : start]}[{text[start:end]}]{text[end : end + 40]}…".split())


def take(project: Project, review: Review, spans: Sequence[tuple[int, int]]) -> Path:
    """Have a record rest on passages of the next version, and give the file that it is in now; FactError where it does
    not build so.
    """
    kept, new = review.kept, review.new
    try:
        record = requoted(kept.record, spans, new.text)
    except ValueError as error:
        raise QueryError(str(error)) from None
    target = file_for(project, new, at=spans[-1][0])
    read = {path: content(path) for path in (kept.path, target)}
    text = (read[target] or b"").decode("utf-8") or f"source: {new.id}\nfacts: []\n"
    make(project, read, {**_without(read, kept), target: append(text, kept.key, record).encode()})
    return target


def drop(project: Project, review: Review) -> None:
    """Delete a record that the next version does not bear out."""
    read = {review.kept.path: content(review.kept.path)}
    make(project, read, _without(read, review.kept))


def _without(read: Files, kept: Kept) -> dict[Path, bytes | None]:
    text = (read[kept.path] or b"").decode("utf-8")
    said = read_plain(text)
    listed = said.get(kept.key) or []
    if kept.record not in listed:
        raise ConflictError(f"{kept.path.name} has been changed since it was read; look at it, and try again")
    return {kept.path: remove(text, [kept.key, listed.index(kept.record)]).encode()}
