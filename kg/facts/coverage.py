"""Coverage: where the quotes of all records stand, and what of each source is left unread."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
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
    return {ident: coverage(source.text, quoted[ident], skipped[ident]) for ident, source in sources.items()}


def uncovered(covered: Mapping[str, Coverage], sources: Mapping[str, Source], threshold: float) -> Iterator[Fault]:
    """A fault for each unread passage of each source that is read to less than the threshold."""
    for ident, found in covered.items():
        if found.percent >= threshold:
            continue
        for line, column, text in found.unread:
            words = text if len(text) <= 80 else f"{text[:77]}..."
            message = f"no fact quotes “{words}”; add a fact, or a skip with its reason"
            yield Fault(f"data/sources/{sources[ident].file}", line, column, message)
