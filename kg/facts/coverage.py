"""Coverage: where the quotes of all records stand, and what of each source is left unread."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from kg.errors import Fault
from kg.facts.quotes import Passage, find
from kg.facts.records import Facts
from kg.facts.sources import Source


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


def coverage(text: str, quoted: Iterable[tuple[int, int]], skipped: Iterable[tuple[int, int]]) -> Coverage:
    """What of text the spans account for; a character both quoted and skipped counts as quoted.

    >>> coverage("one two", [(0, 3)], []).percent
    50.0
    """
    state = bytearray(len(text))
    for spans, mark in ((skipped, 1), (quoted, 2)):
        for start, end in spans:
            state[start:end] = bytes([mark]) * (end - start)
    visible = [at for at, character in enumerate(text) if not character.isspace()]
    counts = [0, 0, 0]
    for at in visible:
        counts[state[at]] += 1
    left = [at for at in visible if not state[at]]
    return Coverage(len(visible), counts[2], counts[1], tuple(_stretches(text, left, state)))


def _stretches(text: str, left: list[int], state: bytearray) -> Iterator[Unread]:
    """The characters left, joined to stretches: only white space, no line end and nothing read between them."""
    runs: list[list[int]] = []
    for at in left:
        between = text[runs[-1][1] : at] if runs else ""
        if runs and not any(state[runs[-1][1] : at]) and not between.strip() and "\n" not in between:
            runs[-1][1] = at + 1
        else:
            runs.append([at, at + 1])
    lines = [0, *(at + 1 for at, character in enumerate(text) if character == "\n")]
    for start, end in runs:
        line = bisect_right(lines, start)
        yield Unread(line, start - lines[line - 1] + 1, text[start:end])


class Located(NamedTuple):
    """Where the quotes of records and skips stand: passages by place in `records`, and by source."""

    passages: tuple[tuple[Passage, ...], ...]
    coverage: Mapping[str, Coverage]
    faults: tuple[Fault, ...]


def locate(facts: Facts, sources: Mapping[str, Source], whole: bool) -> Located:
    """The passages of every quote, and the coverage of every source; a quote that is not there is a fault.

    `whole` is false where some source could not be read, so that quotes of an unknown one are not missed.
    """
    passages: list[tuple[Passage, ...]] = []
    quoted: dict[str, list[tuple[int, int]]] = {ident: [] for ident in sources}
    skipped: dict[str, list[tuple[int, int]]] = {ident: [] for ident in sources}
    faults: list[Fault] = []

    def one(file: str, ident: str, quote: Any, spans: dict[str, list[tuple[int, int]]]) -> Iterator[Passage]:
        at = file, quote.exact.line, quote.exact.column
        if ident not in sources:
            if whole:
                faults.append(Fault(*at, f"no source is called {ident!r}; list it in data/sources.yaml"))
            return
        try:
            passage = find(sources[ident], quote)
        except ValueError as error:
            faults.append(Fault(*at, str(error)))
        else:
            spans[ident].append((passage.start, passage.end))
            yield passage

    for record in facts.records:
        passages.append(tuple(p for quote in record.quotes for p in one(record.file, record.source, quote, quoted)))
    for skip in facts.skips:
        list(one(skip.file, skip.source, skip.quote, skipped))
    covered = {ident: coverage(source.text, quoted[ident], skipped[ident]) for ident, source in sources.items()}
    return Located(tuple(passages), covered, tuple(faults))


def uncovered(covered: Mapping[str, Coverage], sources: Mapping[str, Source], threshold: float) -> Iterator[Fault]:
    """A fault for each unread passage of each source that is read to less than the threshold."""
    for ident, found in covered.items():
        if found.percent >= threshold:
            continue
        for line, column, text in found.unread:
            words = text if len(text) <= 80 else f"{text[:77]}..."
            message = f"no fact quotes “{words}”; add a fact, or a skip with its reason"
            yield Fault(f"data/sources/{sources[ident].file}", line, column, message)
