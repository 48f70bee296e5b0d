"""Differences: what one release says and another does not, statement by statement, with the words of each.

A statement stands in the graphs of the facts that make it. A fact is named after all that its record says, so that an
edit of one value gives all of its statements another fact: what is told here is what its readers would see.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, cast

import pyoxigraph as px

from kg.query.labels import label
from kg.query.why import said_of, words_of_context
from kg.rdf import iris
from kg.rdf.sorted_lines import differing
from kg.rdf.terms import Triple, shorten, text_of
from kg.release.nquads import Dataset
from kg.release.reader import Release
from kg.stores.embedded import open_store

CHANGES, STANDING = "changes.json", "standing.json"  # in the folder of a release
KINDS = {
    "added": "stated now and not before",
    "removed": "stated before and no more",
    "changed": "another value of the same property of the same thing",
    "evidence": "the same statement, resting on other words, or told with another note or basis",
}


class Term(NamedTuple):
    """A term as it is called: its IRI or N-Triples form, and the label or text that people read."""

    term: str
    text: str


class Told(NamedTuple):
    """A statement as a release tells it: its terms, the fact, the basis, and the words with their source."""

    subject: Term
    property: Term
    value: Term
    fact: str = ""
    basis: str = ""
    note: str = ""
    words: tuple[str, ...] = ()
    source: str = ""


class Change(NamedTuple):
    """A statement that differs: the kind, of KINDS, how it is told now and how it was told; None where it was not."""

    kind: str
    now: Told | None
    before: Told | None

    @property
    def told(self) -> Told:
        """The statement as it is told now, or else as it was."""
        return cast("Told", self.now or self.before)


class Differences(NamedTuple):
    """What differs between two releases: their names and dates, the statements of facts, the sources with "added",
    "removed" or "changed", and how many quads of each are not in the other.

    It is `whole` unless more quads differ than are wanted one by one; there are no changes then.
    """

    before: str
    after: str
    dates: tuple[str, str]
    changes: tuple[Change, ...]
    sources: Mapping[str, str]
    added: int
    removed: int
    whole: bool = True

    def number(self, kind: str) -> int:
        """How many changes are of a kind."""
        return sum(change.kind == kind for change in self.changes)


Stated = dict[Triple, list[str]]  # a statement, and the facts that make it


def compare(before: Release, after: Release, most: int | None = None) -> Differences:
    """What differs from one release to another; the statements as long as no more than `most` quads differ."""
    bases = before.manifest["base"], after.manifest["base"]
    gone, new = Stated(), Stated()
    added = removed = 0
    whole = True
    for line, is_new in differing(before.dataset, after.dataset):
        added, removed = added + is_new, removed + (not is_new)
        whole = whole and (most is None or added + removed <= most)
        if whole:
            (quad,) = px.parse(line, format=px.RdfFormat.N_QUADS)
            if iris.is_fact(bases[is_new], graph := text_of(quad.graph_name)):
                (new if is_new else gone).setdefault(quad.triple, []).append(graph)
    changes: list[Change] = []
    if whole:
        with _Teller(before) as was, _Teller(after) as now:
            changes = sorted(_changes(gone, new, was, now), key=_order)
    names, dates = (before.path.name, after.path.name), (before.date, after.date)
    return Differences(*names, dates, tuple(changes), _sources(before, after), added, removed, whole)


def _changes(gone: Stated, new: Stated, was: "_Teller", now: "_Teller") -> Iterator[Change]:
    """The changes of statements that the facts of one release or the other make."""
    apart: dict[tuple[str, str], tuple[list[Triple], list[Triple]]] = {}
    for triple in {**gone, **new}:
        here, there = now.tells(triple), was.tells(triple)
        if here and there:  # it stands in both, by other facts
            mine, theirs = (
                [one.told(triple, fact) for fact in facts.get(triple, ())] for one, facts in ((now, new), (was, gone))
            )
            known = {_support(told) for told in theirs}
            others = [told for told in mine if _support(told) not in known]
            lost = [told for told in theirs if _support(told) not in {_support(told) for told in mine}]
            for index in range(max(len(others), len(lost))):
                pair = (others[index] if index < len(others) else None, lost[index] if index < len(lost) else None)
                yield Change("evidence", *pair)
        else:
            key = text_of(triple.subject), triple.predicate.value
            apart.setdefault(key, ([], []))[1 if here else 0].append(triple)
    for left, come in apart.values():
        if len(left) == len(come) == 1:
            yield Change("changed", now.told(come[0], new[come[0]][0]), was.told(left[0], gone[left[0]][0]))
            continue
        yield from (Change("removed", None, was.told(triple, gone[triple][0])) for triple in left)
        yield from (Change("added", now.told(triple, new[triple][0]), None) for triple in come)


def _support(told: Told) -> tuple[object, ...]:
    """What a statement rests on, whatever the fact is called."""
    return told.basis, told.note, told.words, told.source


def _order(change: Change) -> tuple[str, str, str, str]:
    told = change.told
    return told.subject.text.casefold(), told.property.text, told.value.text, change.kind


class _Teller:
    """A release that tells its statements."""

    def __init__(self, release: Release) -> None:
        self.release, self.base = release, release.manifest["base"]
        self.dataset, self.store = Dataset(release.dataset), open_store(release)
        self.words = words_of_context(release)

    def __enter__(self) -> "_Teller":
        return self

    def __exit__(self, *_: object) -> None:
        self.dataset.close()

    def tells(self, triple: Triple) -> bool:
        """Whether a fact of the release makes a statement."""
        quads = self.store.quads_for_pattern(triple.subject, triple.predicate, triple.object, None)
        return any(iris.is_fact(self.base, text_of(quad.graph_name)) for quad in quads)

    def told(self, triple: Triple, fact: str) -> Told:
        """A statement with what a fact says of it."""
        basis, _, note, _, words = said_of(fact, self.dataset, self.base)
        terms = (self.term(triple.subject), self.term(triple.predicate), self.term(triple.object))
        source = words[0].source if words else ""
        return Told(*terms, fact, basis, note, tuple(one.exact for one in words), source)

    def term(self, term: px.NamedNode | px.BlankNode | px.Literal | Triple) -> Term:
        """A term as people call it."""
        if not isinstance(term, px.NamedNode):
            return Term(str(term), text_of(term))
        found = self.words.get(term.value) or label(self.store, term.value)
        return Term(term.value, found or shorten(term.value, self.release.manifest["prefixes"]))


def _sources(before: Release, after: Release) -> dict[str, str]:
    """The sources that one release alone has, or that have another text."""
    was, now = (dict(_texts(one)) for one in (before, after))
    found = {name: "removed" for name in was.keys() - now.keys()} | {name: "added" for name in now.keys() - was.keys()}
    found |= {name: "changed" for name in was.keys() & now.keys() if was[name] != now[name]}
    return dict(sorted(found.items()))


def _texts(release: Release) -> Iterable[tuple[str, str]]:
    for folder, suffix in (("sources", ".txt"), ("tables", ".csv")):
        for path in (release.path / folder).glob(f"*{suffix}"):
            with path.open("rb") as file:
                yield path.stem, hashlib.file_digest(file, "sha256").hexdigest()


def first(release: Release) -> dict[str, Any]:
    """Since when the statements of a release stand before which none is known: releases with their dates, the first
    first, and the statements that came later, of which there are none, by release.
    """
    return {"releases": [[release.path.name, release.date]], "statements": {}}


def later(standing: Mapping[str, Any], found: Differences) -> dict[str, Any]:
    """Since when the statements of the later of two releases stand, by what is known of the one before."""
    known = dict(standing["statements"])
    for change in found.changes:
        if change.before and change.kind in ("removed", "changed"):
            known.pop(key_of(change.before), None)
        if change.now and change.kind in ("added", "changed"):
            known[key_of(change.now)] = found.after
    return {"releases": [*standing["releases"], [found.after, found.dates[1]]], "statements": known}


def key_of(told: Told) -> str:
    """What a statement is known by among those that came later."""
    return f"{told.subject.term} {told.property.term} {told.value.term}"


def key(triple: Triple) -> str:
    """The same of a triple.

    >>> key(Triple(px.NamedNode("http://x/a"), px.NamedNode("http://x/p"), px.Literal("b")))
    'http://x/a http://x/p "b"'
    """
    terms = (triple.subject, triple.predicate, triple.object)
    return " ".join(term.value if isinstance(term, px.NamedNode) else str(term) for term in terms)


def patch(before: Release, after: Release) -> Iterator[bytes]:
    """The lines of an RDF Patch that makes the first release's quads those of the second."""
    yield b"TX .\n"
    for line, is_new in differing(before.dataset, after.dataset):
        yield (b"A " if is_new else b"D ") + line
    yield b"TC .\n"


def as_data(found: Differences) -> dict[str, object]:
    """Differences as data: names, dates, numbers, sources, and each change with how it is and was told."""

    def told(one: Told | None) -> dict[str, object] | None:
        if one is None:
            return None
        return {
            "subject": one.subject._asdict(),
            "property": one.property._asdict(),
            "value": one.value._asdict(),
            "fact": one.fact,
            "basis": one.basis,
            "note": one.note,
            "words": list(one.words),
            "source": one.source,
        }

    return {
        "before": {"release": found.before, "date": found.dates[0]},
        "after": {"release": found.after, "date": found.dates[1]},
        "quads": {"added": found.added, "removed": found.removed},
        "numbers": {kind: found.number(kind) for kind in KINDS},
        "sources": dict(found.sources),
        "changes": [{"kind": one.kind, "now": told(one.now), "before": told(one.before)} for one in found.changes],
    }
