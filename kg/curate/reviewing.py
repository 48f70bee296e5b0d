"""Reviewing: the records that rest on an earlier version of a source, what became of their words, and what to do."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from kg.curate.adding import file_for
from kg.curate.anchoring import Anchor, Versions, differences
from kg.curate.changes import ConflictError, Files, content, make
from kg.curate.known import digest, quotes_of, sources_of
from kg.curate.passages import quote_of
from kg.errors import QueryError
from kg.facts.quotes import find
from kg.facts.records import fact_files
from kg.facts.sources import Source
from kg.facts.yaml_edit import Plain, append, remove
from kg.facts.yaml_text import read_plain
from kg.project import Project

LISTS = ("facts", "skip")
STAND = ("same", "moved")  # the kinds of passages that stand word for word in the next version
MARKS = {" ": "{}", "-": "[-{}-]", "+": "{{+{}+}}"}  # what is the same, gone and new


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
                yield Kept(path, key, number, record, tuple(anchors_of(record, old, versions)))


def anchors_of(record: Mapping[str, Any], old: Source, versions: Versions) -> Iterator[Anchor]:
    """What became of the passages that a record quotes, in order."""
    for quote in quotes_of(record):
        try:
            found = find(old, quote)
        except ValueError:  # which the build says
            yield Anchor("vanished")
            continue
        yield versions.anchor(found.start, found.end)


def requoted(record: Mapping[str, Any], spans: Sequence[tuple[int, int]], text: str) -> dict[str, Plain]:
    """A record that quotes other passages, in the order of `quotes_of`, whatever the order of its keys."""
    quotes = iter([quote_of(text, *span) for span in spans])
    new: dict[str, Plain] = {}
    for key in (key for key in ("quote", "from", "to") if key in record):
        value = record[key]
        new[key] = [next(quotes) for _ in value] if isinstance(value, list) else next(quotes)
    return {**record, **new}


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
