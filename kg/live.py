"""Live: the current release opened for answering, and followed as builds replace it."""

import hashlib
import re
import time
from collections import OrderedDict
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import pyoxigraph as px

from kg.context import read_context
from kg.documents import Dataset
from kg.errors import KgError, StoreError
from kg.queries import list_queries
from kg.rdf import parse
from kg.store import current, open_store


class Packed(NamedTuple):
    """A response ready to be sent: its status, header lines, body and ETag, the route that made it, and the path that
    was asked for as the log notes it, in JSON.
    """

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes
    etag: bytes
    route: str
    path: str


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
        self.queries = {query.name: query for query in list_queries(self.release.path / "queries")}
        self.context = read_context(self.release.path / "context.jsonld", self.base)
        self.cache = Cache()
        self.replaced = False  # by one that cannot be opened
        self._digests: dict[Path, str] = {}
        self.names: dict[str, tuple[str, str]] = {}  # label and kind of what pages have named so far

    def pointing(self, iri: str) -> list[px.Quad]:
        """The quads of every graph that point at a thing, whose literals are not among them."""
        return list(self.store.quads_for_pattern(None, None, px.NamedNode(iri)))

    def content(self, graph: str) -> list[px.Quad]:
        """The quads of a named graph, literals as the database has them."""
        return list(self.store.quads_for_pattern(None, None, None, px.NamedNode(graph)))

    def file(self, name: str) -> bytes:
        """The bytes of a file of the release; StoreError where it cannot be read any more."""
        try:
            return (self.release.path / name).read_bytes()
        except OSError as error:
            raise StoreError(f"{self.release.path / name}: {error.strerror}; run `kg build`") from None

    def turtle(self, name: str) -> list[px.Quad]:
        """The statements of a Turtle file of the release."""
        return list(parse(self.file(name), px.RdfFormat.TURTLE, name, self.base))

    def digest(self, path: Path) -> str:
        """The SHA-256 of a file of the release, counted once."""
        if path not in self._digests:
            try:
                with path.open("rb") as file:
                    self._digests[path] = hashlib.file_digest(file, "sha256").hexdigest()
            except OSError as error:
                raise StoreError(f"{path}: {error.strerror}; run `kg build`") from None
        return self._digests[path]

    @cached_property
    def words(self) -> dict[str, str]:
        """The words of the context by the IRIs they stand for, as in "of country" for ofCountry."""
        spaced = re.compile(r"(?<=[a-z])(?=[A-Z])")
        return {term.iri: spaced.sub(" ", word).lower() for word, term in reversed(self.context.terms.items())}


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
            try:
                self._live, self._seen, self.fault = Live(self._build), stamp, ""
            except KgError as error:  # looked at again a second later
                self.fault, self._looked, self._live.replaced = str(error), now + 1, True
        return self._live

    def _stamp(self) -> tuple[int, int]:
        try:
            found = self._pointer.stat()
        except OSError:
            return 0, 0
        return found.st_mtime_ns, found.st_ino
