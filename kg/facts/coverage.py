"""Coverage: where the quotes of all records stand, and what of each source is left unread."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from kg.errors import Fault
from kg.facts.quotes import Passage, Quote, find
from kg.facts.sources import Source

# The passages of each source by its id: where each starts and ends, and whether it is quoted (or else skipped).
Spans = dict[str, list[tuple[int, int, bool]]]


class Unread(NamedTuple):
    """A stretch of a source that no fact quotes and no skip names, with its line and column from 1."""

    line: int
    column: int
    text: str


class Coverage(NamedTuple):
    """How many of a source's characters, white space aside, are quoted, skipped and neither."""

    characters: int
    quoted: int
    skipped: int
    unread: tuple[Unread, ...]

    @property
    def percent(self) -> float:
        """The share quoted or skipped, from 0 to 100; never 100 while a character is left."""
        if not self.characters:
            return 100.0
        return 100.0 * (self.quoted + self.skipped) / self.characters

    @property
    def shown(self) -> str:
        """The share to one decimal, rounded down, so that 100.0 means all."""
        return f"{int(self.percent * 10) / 10:.1f}"


def coverage(
    text: str,
    quoted: Iterable[tuple[int, int]],
    skipped: Iterable[tuple[int, int]],
    cover: Sequence[tuple[int, int]] = (),
) -> Coverage:
    """What of text the spans account for; a character both quoted and skipped counts as quoted. With `cover`, of these
    ranges of it alone.

    >>> coverage("one two", [(0, 3)], []).percent, coverage("one two", [(0, 3)], [], [(0, 3)]).percent
    (50.0, 100.0)
    """
    state = bytearray(b"\x03" if cover else b"\x00") * len(text)  # 0 unread, 1 skipped, 2 quoted, 3 not to be read
    for start, end in cover:
        state[start:end] = b"\x00" * (end - start)
    outside = bytes(state)
    for spans, mark in ((skipped, 1), (quoted, 2)):
        for start, end in spans:
            state[start:end] = bytes([mark]) * (end - start)
    if cover:  # what is quoted outside of what is to be read does not count
        for found in re.finditer(b"\x03+", outside):
            state[found.start() : found.end()] = b"\x03" * (found.end() - found.start())
    counts = [0, 0, 0, 0]
    left: list[tuple[int, int]] = []
    for found in re.finditer(rb"(.)\1*", state, re.DOTALL):
        piece = text[found.start() : found.end()]
        counts[state[found.start()]] += len("".join(piece.split()))
        if not state[found.start()]:
            left.append(found.span())
    return Coverage(counts[0] + counts[1] + counts[2], counts[2], counts[1], tuple(_stretches(text, left)))


def _stretches(text: str, left: Iterable[tuple[int, int]]) -> Iterator[Unread]:
    """The stretches left, each within a line, without the white space at its ends."""
    lines = [0, *(found.end() for found in re.finditer("\n", text))]
    for start, end in left:
        for found in re.finditer(r"[^\n]+", text[start:end]):
            words = found[0].strip()
            if words:
                at = start + found.start() + found[0].index(words)
                line = bisect_right(lines, at)
                yield Unread(line, at - lines[line - 1] + 1, words)


def locate(file: str, ident: str, quote: Quote, sources: Mapping[str, Source], whole: bool) -> Passage | Fault | None:
    """The passage of a quote in the source of an id, or what is wrong with it.

    None where the source is unknown while not all sources could be read (`whole` is false).
    """
    at = file, quote.exact.line, quote.exact.column
    if ident not in sources:
        return Fault(*at, f"no source is called {ident!r}; list it in data/sources.yaml") if whole else None
    try:
        return find(sources[ident], quote)
    except ValueError as error:
        return Fault(*at, str(error))


def covered(sources: Mapping[str, Source], spans: Iterable[Spans]) -> dict[str, Coverage]:
    """The coverage of each source by the passages that all files quote and skip."""
    quoted: dict[str, list[tuple[int, int]]] = {ident: [] for ident in sources}
    skipped: dict[str, list[tuple[int, int]]] = {ident: [] for ident in sources}
    for file in spans:
        for ident, found in file.items():
            for start, end, is_quoted in found:
                (quoted if is_quoted else skipped)[ident].append((start, end))
    return {
        ident: coverage(
            source.text, quoted[ident], skipped[ident], [one for one in ranges(source) if isinstance(one, tuple)]
        )
        for ident, source in sources.items()
    }


def ranges(source: Source) -> Iterator[tuple[int, int] | ValueError]:
    """The ranges [start, end) of a source that are to be read, and what is wrong with the words that name them."""
    for words in source.cover:
        try:
            first, last = (find(source, Quote(one)) for one in words)
        except ValueError as error:
            yield error
            continue
        turned = last.end < first.end or last.start < first.start
        yield ValueError("the last words of the range stand before its first") if turned else (first.start, last.end)


def misnamed(sources: Mapping[str, Source], name: str) -> Iterator[Fault]:
    """A fault for each range of a source that its words do not name; `name` is the file that lists the sources."""
    for source in sources.values():
        for (first, _), found in zip(source.cover, ranges(source), strict=True):
            if isinstance(found, ValueError):
                yield Fault(name, first.line, first.column, str(found))


def uncovered(covered: Mapping[str, Coverage], sources: Mapping[str, Source], threshold: float) -> Iterator[Fault]:
    """A fault for each of the first unread passages of each source that is read to less than it, or else the project,
    wants, and how many more there are.
    """
    for ident, found in covered.items():
        source = sources[ident]
        if found.percent >= (threshold if source.coverage is None else source.coverage):
            continue
        for number, (line, column, text) in enumerate(found.unread[:SHOWN], 1):
            words = text if len(text) <= 80 else f"{text[:77]}..."
            message = f"no fact quotes “{words}”; add a fact, or a skip with its reason"
            if number == SHOWN and len(found.unread) > SHOWN:
                message += f"; and {len(found.unread) - SHOWN:,} more passages: `kg coverage {ident}` shows them"
            yield Fault(f"data/sources/{source.file}", line, column, message)


SHOWN = 5  # unread passages of a source that are faults of their own
