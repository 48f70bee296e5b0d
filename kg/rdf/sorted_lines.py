"""Sorted lines: more lines than memory holds, sorted by bytes and each once, by an external merge sort.

What is sorted here are N-Triples and N-Quads with no blank node in them, whose sorted lines are their canonical form,
and what is joined with them. Every line ends in a line feed.
"""

import heapq
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

RUN = 48 << 20  # bytes of lines that are sorted in memory at a time; with what Python adds, about twice as many


class Sorter:
    """Lines to be sorted, kept in files of a folder: `add` takes them, `close` gives the sorted runs.

    `written` is told of each run once it is there.
    """

    def __init__(self, folder: Path, size: int = RUN, written: Callable[[Path], object] = str) -> None:
        self._folder, self._size, self._written = folder, size, written
        self._lines: list[bytes] = []
        self._held = 0
        self._runs: list[Path] = []
        folder.mkdir(parents=True, exist_ok=True)

    def add(self, lines: Sequence[bytes]) -> None:
        """Take lines, which need not be sorted."""
        self._lines += lines
        self._held += sum(map(len, lines))
        if self._held >= self._size:
            self._write()

    def put(self, line: bytes) -> None:
        """Take a line."""
        self._lines.append(line)
        self._held += len(line)
        if self._held >= self._size:
            self._write()

    def close(self) -> list[Path]:
        """The runs: files of sorted lines, each line once within a run. None where no line was added."""
        if self._lines:
            self._write()
        return self._runs

    def _write(self) -> None:
        path = self._folder / f"run-{len(self._runs)}"
        self._lines.sort()
        with path.open("wb") as file:
            file.writelines(once(self._lines))
        self._runs.append(path)
        self._written(path)
        self._lines, self._held = [], 0


def link(path: Path, again: Path) -> None:
    """Give a file a second name, or copy it where a file can have but one."""
    try:
        again.hardlink_to(path)
    except OSError:
        shutil.copyfile(path, again)


def merged(runs: Iterable[Path]) -> Iterator[bytes]:
    """The lines of runs, sorted, each once."""
    return once(heapq.merge(*map(_lines, runs)))


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from file


def once(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Sorted lines, each once.

    >>> list(once([b"a", b"a", b"b"]))
    [b'a', b'b']
    """
    last = None
    for line in lines:
        if line != last:
            yield line
            last = line


def side_by_side(new: Iterator[bytes], old: Iterator[bytes]) -> Iterator[tuple[bytes | None, bytes | None]]:
    """The lines of two sorted sequences in one order: those of both together, others with None beside them."""
    line, other = next(new, None), next(old, None)
    while line is not None or other is not None:
        if other is None or (line is not None and line < other):
            yield line, None
            line = next(new, None)
        elif line is None or other < line:
            yield None, other
            other = next(old, None)
        else:
            yield line, other
            line, other = next(new, None), next(old, None)


def differing(before: Path, after: Path) -> Iterator[tuple[bytes, bool]]:
    """The lines that stand in one of two sorted files alone, with whether that is the second."""
    with before.open("rb") as old, after.open("rb") as new:
        for line, other in side_by_side(iter(new), iter(old)):
            if line is None or other is None:
                yield line or other or b"", other is None


class Tagged:
    """Sorted lines of several kinds, each line begun by the one byte that is its kind's tag.

    >>> lines = Tagged(iter([b"1a", b"1b", b"3c"]))
    >>> list(lines.of(b"1")), list(lines.of(b"2")), list(lines.of(b"3"))
    ([b'a', b'b'], [], [b'c'])
    """

    def __init__(self, lines: Iterator[bytes]) -> None:
        self._lines = lines
        self._next = next(lines, None)

    def of(self, tag: bytes) -> Iterator[bytes]:
        """The lines of a kind, without its tag; kinds are asked for in the order of their tags, some passed over."""
        while self._next is not None and self._next[:1] < tag:
            self._next = next(self._lines, None)
        while self._next is not None and self._next[:1] == tag:
            yield self._next[1:]
            self._next = next(self._lines, None)


# The tags of lines that make a dataset (`kg.release.nquads.assemble`): triples that are stated, triples that follow
# from those and may be stated too, and quads of named graphs.
STATED, FOLLOWS, NAMED = b"5", b"6", b"7"
# The tags of lines that are settled once all files are read (`kg.facts.intake`): names and classes of things, ids that
# a record introduces by a type, ids that it speaks of, ids that it refers to, and where each fact stands.
CALLED, INTRODUCED, MENTIONED, REFERRED, FACT = b"0", b"1", b"2", b"3", b"4"


def quads(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Those of tagged lines that make a dataset, without their tags: triples of the default graph and quads."""
    return (line[1:] for line in lines if line[:1] in (STATED, FOLLOWS, NAMED))
