"""Live: the current release opened for answering, and followed as builds replace it."""

import re
import time
from collections import OrderedDict
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as px

from kg.context import Context, read_context
from kg.documents import Dataset
from kg.errors import KgError
from kg.queries import CannedQuery, list_queries
from kg.store import current, open_store


class Packed(NamedTuple):
    """A response ready to be sent: its status, header lines, body and ETag, and the route that made it."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes
    etag: bytes
    route: str


EVERY = 0.1

Key = tuple[bytes, bytes, bytes, bool]


class Cache:
    """The responses of one release by what they depend on, the least recently used dropped beyond `most` bytes."""

    def __init__(self, most: int = 64 << 20) -> None:
        self._most, self._size = most, 0
        self._kept: OrderedDict[Key, Packed] = OrderedDict()

    def get(self, key: Key) -> Packed | None:
        """The response kept for a key."""
        if found := self._kept.get(key):
            self._kept.move_to_end(key)
        return found

    def put(self, key: Key, packed: Packed) -> None:
        """Keep a response, unless it alone is a tenth of what may be kept."""
        size = _size(key, packed)
        if size > self._most // 10 or key in self._kept:
            return
        self._kept[key] = packed
        self._size += size
        while self._size > self._most:
            self._size -= _size(*self._kept.popitem(last=False))


def _size(key: Key, packed: Packed) -> int:
    return len(packed.body) + sum(map(len, key[:3])) + 2000  # what the headers and objects take, about


class Live:
    """One release, opened: its dataset, database, canned queries and context, and the responses made from it."""

    def __init__(self, build: Path) -> None:
        self.release = current(build)
        self.name = self.release.path.name
        self.base: str = self.release.manifest["base"]
        self.prefixes: dict[str, str] = self.release.manifest["prefixes"]
        self.dataset = Dataset(self.release.dataset)
        self.store = open_store(self.release)
        self.index = self.release.path / "search.sqlite"
        self.cache = Cache()
        self.names: dict[str, tuple[str, str]] = {}  # label and kind of what pages have named so far

    def pointing(self, iri: str) -> list[px.Quad]:
        """The quads of every graph that point at a thing, whose literals are not among them."""
        return list(self.store.quads_for_pattern(None, None, px.NamedNode(iri)))

    def content(self, graph: str) -> list[px.Quad]:
        """The quads of a named graph, literals as the database has them."""
        return list(self.store.quads_for_pattern(None, None, None, px.NamedNode(graph)))

    @cached_property
    def queries(self) -> dict[str, CannedQuery]:
        """The canned queries by name."""
        return {query.name: query for query in list_queries(self.release.path / "queries")}

    @cached_property
    def words(self) -> dict[str, str]:
        """The words of the context by the IRIs they stand for, as in "of country" for ofCountry."""
        spaced = re.compile(r"(?<=[a-z])(?=[A-Z])")
        return {term.iri: spaced.sub(" ", word).lower() for word, term in reversed(self.context.terms.items())}

    @cached_property
    def context(self) -> Context:
        """The context that compacts JSON-LD."""
        return read_context(self.release.path / "context.jsonld", self.base)


class Follower:
    """The current release of a build folder. `live` looks whether a build has replaced it, every EVERY seconds.

    A release that cannot be opened is passed over: the one before goes on answering, and `fault` says why.
    """

    def __init__(self, build: Path) -> None:
        self._build, self._pointer = build, build / "current"
        self._seen, self._looked = self._stamp(), time.monotonic()
        self._live = Live(build)
        self.fault = ""

    def live(self) -> Live:
        """The current release, opened."""
        now = time.monotonic()
        if now - self._looked < EVERY:
            return self._live
        self._looked = now
        if (stamp := self._stamp()) != self._seen:
            self._seen = stamp
            try:
                self._live = Live(self._build)
                self.fault = ""
            except KgError as error:
                self.fault = str(error)
        return self._live

    def _stamp(self) -> tuple[int, int]:
        try:
            found = self._pointer.stat()
        except OSError:
            return 0, 0
        return found.st_mtime_ns, found.st_ino
