"""Anchoring: where the words that stood in one version of a document stand in the next.

What stands there word for word, in the same surroundings, is found without asking; what has been changed is shown with
the places that are most like it, and never taken unasked, since the fact may be false now.
"""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from kg.curate.passages import whole
from kg.facts.quotes import occurrences

AROUND = 80  # characters on each side by which places are told apart
SURE, APART, MARGIN = 0.95, 0.85, 0.15  # what the best place must score, what the second must not, or how far apart
KNOWN = 0.8  # what the only place of such a quote must score where the comparison of the versions does not lead to it
ALIKE = 0.55  # how alike a changed place must be, or else the words have vanished
WORDS = 4  # of a quote that stands once in both
LARGEST = 4_000_000  # pairs of words of a changed stretch that are compared
NEAREST = 100  # places of the same words that are looked at
MOST = 3  # places that are shown


class Place(NamedTuple):
    """A passage [start, end) of the new text, and how alike it and its surroundings are to the old, from 0 to 1."""

    start: int
    end: int
    score: float


class Anchor(NamedTuple):
    """What became of a passage: "same" and "moved" stand word for word at `places[0]`; "changed" may be one of the
    places, the most alike first; "vanished" is like nothing.
    """

    kind: str
    places: tuple[Place, ...] = ()


class Versions:
    """Two versions of a text, and what of the first stands where in the second."""

    def __init__(self, old: str, new: str) -> None:
        self.old, self.new = old, new
        self._blocks = list(_equal(old, new))

    def anchor(self, start: int, end: int) -> Anchor:
        """Where the passage [start, end) of the old text stands in the new one."""
        exact = self.old[start:end]
        mapped = self._mapped(start, end)
        standing = sorted(occurrences(self.new, exact), key=lambda at: abs(at - mapped))[:NEAREST]
        places = sorted(
            (self._scored(start, end, at, at + len(exact)) for at in standing),
            key=lambda place: (-place.score, abs(place.start - mapped)),
        )
        if places and self._is_sure(exact, places, mapped):
            return Anchor("same" if self._is_equal(start, end, places[0].start) else "moved", tuple(places[:1]))
        found = [*places, *self._alike(start, end, mapped)]
        ordered = sorted(found, key=lambda place: (-place.score, abs(place.start - mapped)))
        apart: list[Place] = []
        for place in ordered:
            if not any(place.start < other.end and other.start < place.end for other in apart):
                apart.append(place)
        kept = tuple(place for place in apart[:MOST] if place.score >= ALIKE)
        return Anchor("changed", kept) if kept else Anchor("vanished")

    def _is_sure(self, exact: str, places: Sequence[Place], mapped: int) -> bool:
        """Whether the best of the places where the words stand is theirs beyond doubt."""
        best, second = places[0].score, places[1].score if len(places) > 1 else 0.0
        if best >= SURE and second < APART and len(places) < NEAREST:
            return True
        if places[0].start == mapped and best - second >= MARGIN:
            return True
        once = len(places) == 1 and len(occurrences(self.old, exact)) == 1 and len(exact.split()) >= WORDS
        return once and (best >= KNOWN or places[0].start == mapped)

    def _scored(self, start: int, end: int, at: int, until: int) -> Place:
        """A place by what stands around it, and half as much by its own words."""
        from rapidfuzz.fuzz import ratio

        before = ratio(self.old[max(0, start - AROUND) : start], self.new[max(0, at - AROUND) : at])
        after = ratio(self.old[end : end + AROUND], self.new[until : until + AROUND])
        words = ratio(self.old[start:end], self.new[at:until])
        around = (before + after) / 2
        return Place(at, until, around / 100 if words == 100 else (around + 2 * words) / 300)

    def _alike(self, start: int, end: int, mapped: int) -> Iterator[Place]:
        """The places that are like the words: at their place by what stands around them, and the nearest anywhere."""
        from rapidfuzz.fuzz import partial_ratio_alignment

        exact = self.old[start:end]
        low, high = self._mapped(start, start), self._mapped(end, end)
        if low < high <= low + 3 * len(exact):
            yield self._scored(start, end, *whole(self.new, low, high))
        size = max(200, 2 * len(exact))
        for begin in {max(0, mapped - size), 0}:
            part = self.new[begin : mapped + len(exact) + size] if begin else self.new
            aligned = partial_ratio_alignment(exact, part, score_cutoff=60)
            if aligned is not None and aligned.dest_end > aligned.dest_start:
                span = whole(self.new, begin + aligned.dest_start, begin + aligned.dest_end)
                yield self._scored(start, end, *span)

    def _mapped(self, start: int, end: int) -> int:
        """Where an offset of the old text comes to lie in the new one, as nearly as can be told."""
        before = (0, 0, 0)
        for block in self._blocks:
            if block[0] > start:
                break
            before = block
        old, new, length = before
        return new + min(start - old, length) if start <= end else new

    def _is_equal(self, start: int, end: int, at: int) -> bool:
        """Whether the comparison of the versions puts the whole passage at a place."""
        return any(old <= start and end <= old + n and new + start - old == at for old, new, n in self._blocks)


def _equal(old: str, new: str) -> Iterator[tuple[int, int, int]]:
    """The stretches that are equal: where each begins in both, and how long it is; by lines, and by words within those
    that changed.
    """
    olds, news = old.splitlines(keepends=True), new.splitlines(keepends=True)
    old_at, new_at = _offsets(olds), _offsets(news)
    for tag, a, b, c, d in SequenceMatcher(None, olds, news, autojunk=False).get_opcodes():
        if tag == "equal":
            yield old_at[a], new_at[c], old_at[b] - old_at[a]
        elif tag == "replace":
            yield from _equal_words(old[old_at[a] : old_at[b]], new[new_at[c] : new_at[d]], old_at[a], new_at[c])


def _equal_words(old: str, new: str, old_start: int, new_start: int) -> Iterator[tuple[int, int, int]]:
    olds, news = re.findall(r"\s+|\w+|[^\w\s]", old), re.findall(r"\s+|\w+|[^\w\s]", new)
    if len(olds) * len(news) > LARGEST:
        return
    old_at, new_at = _offsets(olds), _offsets(news)
    for a, b, length in SequenceMatcher(None, olds, news, autojunk=False).get_matching_blocks():
        if length:
            yield old_start + old_at[a], new_start + new_at[b], old_at[a + length] - old_at[a]


def _offsets(parts: Sequence[str]) -> list[int]:
    found = [0]
    for part in parts:
        found.append(found[-1] + len(part))
    return found


def differences(old: str, new: str) -> Iterator[tuple[str, str]]:
    """The words of two texts that are the same (" "), gone ("-") and new ("+"), in order.

    >>> list(differences("all 450 members", "all 500 members"))
    [(' ', 'all '), ('-', '450'), ('+', '500'), (' ', ' members')]
    """
    olds, news = re.findall(r"\s+|\S+", old), re.findall(r"\s+|\S+", new)
    for tag, a, b, c, d in SequenceMatcher(None, olds, news, autojunk=False).get_opcodes():
        if tag == "equal":
            yield " ", "".join(olds[a:b])
            continue
        if b > a:
            yield "-", "".join(olds[a:b])
        if d > c:
            yield "+", "".join(news[c:d])
