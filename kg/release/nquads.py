"""N-Quads: the sorted dataset file of a release, assembled from sorted lines and looked up by subject."""

import hashlib
import heapq
import mmap
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache, partial
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import pyoxigraph as px

from kg.errors import StoreError
from kg.rdf import iris
from kg.rdf.infer import schema_days
from kg.rdf.parse import parse_lines
from kg.rdf.sorted_lines import FOLLOWS, NAMED, STATED, Tagged, once, side_by_side
from kg.rdf.terms import TYPE, Quad
from kg.release.reader import read_json


class Assembled(NamedTuple):
    """How many triples a dataset's default graph has, how many quads all its graphs, and the SHA-256 of its file."""

    triples: int
    quads: int
    sha256: str


def assemble(lines: Tagged, base: str, folder: Path) -> Assembled:
    """Write `dataset.nq`, sorted and each quad once, into a folder, with `default.nt`, its default graph, beside it.

    The default graph holds what is stated and what follows; what follows and is not stated has a graph of its own too.
    `inferred.nq` has the quads of that graph, and the triples that the lines do not hold yet: the days of
    events and observations.
    """
    stated, default, inferred, whole = (
        folder / name for name in ("stated.nt", "default.nt", "inferred.nq", "dataset.nq")
    )
    with stated.open("wb") as file:
        file.writelines(lines.of(STATED))
    graph = f" <{iris.graph(base, 'inferred')}> .\n".encode()
    triples = quads = 0
    with stated.open("rb") as one, default.open("wb") as out, inferred.open("wb") as beside:
        for (line, following), is_new in _with_days(side_by_side(one, lines.of(FOLLOWS)), base):
            triples += 1
            out.write(line or following or b"")
            if line is None and following is not None:
                if is_new:
                    beside.write(following)
                beside.write(following[: -len(b" .\n")] + graph)
    digest = hashlib.sha256()
    with default.open("rb") as one, inferred.open("rb") as two, whole.open("wb") as out:
        for line in once(heapq.merge(one, two, lines.of(NAMED))):
            quads += 1
            digest.update(line)
            out.write(line)
    stated.unlink()
    return Assembled(triples, quads, digest.hexdigest())


_Pair = tuple[bytes | None, bytes | None]  # a line that is stated, and one that follows


def _with_days(pairs: Iterable[_Pair], base: str) -> Iterator[tuple[_Pair, bool]]:
    """Sorted lines that are stated and that follow, with schema.org's days among these; whether a line is one."""
    for _, group in groupby(pairs, key=lambda pair: _line(pair).partition(b" ")[0]):
        found = list(group)
        lines = [_line(pair) for pair in found]
        days = set(schema_days(lines, base)).difference(lines)
        for pair in sorted([*found, *((None, day) for day in days)], key=_line) if days else found:
            yield pair, _line(pair) in days


def _line(pair: _Pair) -> bytes:
    return pair[0] or pair[1] or b""


def portions(lines: Iterable[bytes], size: int = 20_000, terms: int = 1) -> Iterator[list[bytes]]:
    """Sorted lines in portions of at least so many, each with all lines that begin with the same terms.

    >>> [len(portion) for portion in portions([b"<a> <p> 1", b"<a> <p> 2", b"<b> <p> 1"], size=1)]
    [2, 1]
    """
    portion: list[bytes] = []
    last: list[bytes] = []
    for line in lines:
        if len(portion) >= size - 1:
            first = line.split(b" ", terms)[:terms]
            if len(portion) >= size and first != last:
                yield portion
                portion = []
            last = first
        portion.append(line)
    if portion:
        yield portion


def parsed(lines: Iterable[bytes]) -> list[Quad]:
    """The quads of lines of N-Quads, as they were written."""
    return list(px.parse(b"".join(lines), format=px.RdfFormat.N_QUADS))


def in_graph(dataset: Path, graph: str) -> Iterator[bytes]:
    """The lines of a named graph."""
    end = f" <{graph}> .\n".encode()
    with dataset.open("rb") as file:
        yield from (line for line in file if line.endswith(end))


def in_portions(dataset: Path) -> Iterator[list[Quad]]:
    """The quads of a sorted file, a portion at a time, each with all there is of its subjects."""
    with dataset.open("rb") as file:
        for portion in portions(file):
            yield parsed(portion)


def readable(lines: list[bytes], terms: int = 1) -> list[bytes]:
    """Sorted lines in the order people read in, that of `kg.rdf.serialize.ordered`: types before other predicates.

    The subject is the last of the first `terms` terms.
    """
    type_ = f"<{TYPE.value}>".encode()

    def key(line: bytes) -> tuple[list[bytes], bool, bytes, bytes]:
        *first, predicate, rest = line.split(b" ", terms + 1)
        return first, predicate != type_, predicate[:-1], rest

    return sorted(lines, key=key)


FEW = 16  # lines of a subject that are skipped one by one
LOOKED_UP = 64  # subjects that a dataset keeps the quads of


class Dataset:
    """The sorted N-Quads file of a release, looked up by subject in the time of a binary search."""

    def __init__(self, path: Path) -> None:
        self.folder = path.parent
        self._tables: Mapping[str, Any] | None = None
        try:
            with path.open("rb") as file:
                self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:
            raise StoreError(f"{path}: {error}; run `kg build` to make the release again") from None
        # A page and its documents ask for the same things.
        self._beginning = lru_cache(LOOKED_UP)(partial(_beginning, self._bytes))

    @property
    def tables(self) -> Mapping[str, Any]:
        """What the release says of its tables, by their ids as sources: their rows, the properties that they say."""
        if self._tables is None:
            self._tables = read_json(self.folder / "manifest.json").get("tables", {})
        return self._tables

    def close(self) -> None:
        """Let go of the file."""
        self._bytes.close()

    def has(self, iri: str) -> bool:
        """Whether anything is said of a subject or of a part of it."""
        return any(self._begins(f"<{iri}{end}") for end in ("> ", "#"))

    def _begins(self, text: str) -> bool:
        prefix = text.encode()
        at = _first(self._bytes, prefix)
        return self._bytes[at : at + len(prefix)] == prefix

    def about(self, iri: str) -> list[Quad]:
        """The quads of a subject, of every graph."""
        return list(self._beginning(f"<{iri}> "))

    def within(self, iri: str) -> list[Quad]:
        """The quads of all subjects that are parts of a document: its IRI, "#" and a name."""
        return list(_beginning(self._bytes, f"<{iri}#"))

    def subjects(self, beginning: str) -> Iterator[str]:
        """The IRIs of the subjects that begin so, sorted."""
        prefix = f"<{beginning}".encode()
        at = _first(self._bytes, prefix)
        while self._bytes[at : at + len(prefix)] == prefix:
            subject = self._bytes[at + 1 : self._bytes.find(b"> ", at)]
            yield subject.decode()
            own = b"<" + subject + b"> "
            for _ in range(FEW):
                at = self._bytes.find(b"\n", at) + 1
                if self._bytes[at : at + len(own)] != own:
                    break
            else:
                at = _first(self._bytes, own + b"~", at)  # no line of the subject sorts behind it


def _beginning(data: mmap.mmap, text: str) -> tuple[Quad, ...]:
    """The quads of the lines that begin with a text."""
    prefix = text.encode()
    start = end = _first(data, prefix)
    while data[end : end + len(prefix)] == prefix:
        end = data.find(b"\n", end) + 1
    return tuple(px.parse(data[start:end], format=px.RdfFormat.N_QUADS))


def _first(data: mmap.mmap, prefix: bytes, low: int = 0) -> int:
    """Where the first line stands, from low on, that is not before prefix in the order of bytes."""
    high = len(data)
    while low < high:
        middle = data.rfind(b"\n", low, (low + high) // 2) + 1 or low
        end = data.find(b"\n", middle)
        if data[middle : middle + len(prefix)] < prefix:
            low = end + 1
        else:
            high = middle
    return low


def verify(path: Path) -> None:
    """Raise StoreError where the dataset file of a release is not the one that its manifest tells of."""
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise StoreError(f"{path}: {error}; run `kg build` to make the release again") from None
    if digest != read_json(path.parent / "manifest.json").get("sha256"):
        raise StoreError(f"{path}: the file is not the one that was built; run `kg build` to make it again")


def load(path: Path) -> list[Quad]:
    """All quads of a release's N-Quads file, literals as written; StoreError where it is not the one that was built."""
    verify(path)
    with path.open("rb") as file:
        return list(parse_lines(file))
