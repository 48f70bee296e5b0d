"""Opened: the current release, opened for answering and followed as builds replace it."""

import contextlib
import hashlib
import re
import time
from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache, partial
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar, cast

import pyoxigraph as px

from kg.errors import KgError, QueryError, StoreError
from kg.query.canned import MOST_VALUES, CannedQuery, list_queries, values_of
from kg.query.headings import Headings
from kg.query.sparql import run
from kg.query.why import Reason, because
from kg.rdf.context import read_context
from kg.rdf.parse import parse
from kg.release import search
from kg.release.history import Version, versions
from kg.release.nquads import Dataset
from kg.release.reader import current, read_json
from kg.stores.base import Endpoint, Store
from kg.stores.opening import open_store

Made = TypeVar("Made")
EVERY = 0.1
TOLD = 256  # things whose reasons, and facts whose quads, are kept for the next page that shows them
KEPT = 2_000  # parts of pages that are kept
ASKED = 2.0  # seconds after which an endpoint is asked again whether it answers
MOST_QUADS = 2_000_000  # of a graph in which values are looked up while a page waits


class Opened:
    """One release, opened: its dataset, database, canned queries and context; `static` where its pages are files.

    `endpoint` is asked in the place of its own database.
    """

    def __init__(self, build: Path, *, static: bool = False, endpoint: Endpoint | None = None) -> None:
        self.release = current(build)
        self.static = static
        self.name = self.release.path.name
        self.base: str = self.release.manifest["base"]
        self.prefixes: dict[str, str] = self.release.manifest["prefixes"]
        self.dataset = Dataset(self.release.dataset)
        self.store, self.endpoint = open_store(self.release, endpoint), endpoint
        self.index = self.release.path / "search.sqlite"
        self.queries = {query.name: query for query in list_queries(self.release.path / "queries")}
        self.context = read_context(self.release.path / "context.jsonld", self.base)
        self.replaced = False  # by one that cannot be opened
        self._digests: dict[Path, str] = {}
        self._values: dict[tuple[str, str], tuple[str, ...]] = {}
        self.lines: dict[str, str] = {}  # what canned queries answer, in a line, as far as that was asked
        self.names: dict[str, tuple[str, str]] = {}  # label and kind of what pages have named so far
        self.titles: dict[str, str] = {}  # of sources, as far as that was asked
        self.facets: dict[str, dict[str, str]] = {}  # the values of facets by those of addresses, as far as asked
        self.told = lru_cache(TOLD)(partial(_told, self.dataset, self.base))
        self.content = lru_cache(TOLD)(partial(_content, self.store))
        self._kept: dict[tuple[object, ...], Any] = {}
        self._asking, self._asked, self.fault = Lock(), 0.0, ""  # what was wrong with the endpoint when it was asked
        self._choices: dict[str, list[tuple[str, int]]] = {}

    @property
    def sources(self) -> list[str]:
        """The ids of the sources, sorted; tables last."""
        manifest = self.release.manifest
        return [*sorted(manifest.get("coverage", {})), *sorted(manifest.get("tables", {}))]

    def pointing(self, iri: str) -> list[px.Quad]:
        """The quads of every graph that point at a thing, whose literals are not among them."""
        return list(self.store.quads_for_pattern(None, None, px.NamedNode(iri)))

    def once(self, key: tuple[object, ...], make: Callable[[], Made]) -> Made:
        """What is made for a key, never None, kept for the next page; a request can make up any number of keys."""
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= KEPT:
                self._kept.clear()
            found = self._kept[key] = make()
        return cast("Made", found)

    def ask_endpoint(self) -> None:
        """Ask the endpoint, where there is one, whether it answers: every ASKED seconds at most, and once at a time."""
        if self.endpoint is None or not self._asking.acquire(blocking=False):
            return
        try:
            if time.monotonic() > self._asked + ASKED:
                self.store.query("ASK {}")
                self.fault, self._asked = "", time.monotonic()
        except StoreError:
            self.fault, self._asked = "the endpoint does not answer", time.monotonic()
        finally:
            self._asking.release()

    def values_of(self, query: CannedQuery, name: str) -> tuple[str, ...]:
        """The things that give an answer as the value of a canned query's parameter; none where that is not known.

        It is not asked for in a graph of more than MOST_QUADS quads, nor told where there are more than MOST_VALUES.
        """
        key = query.name, name
        if key not in self._values:
            text = values_of(query, name) if self.release.manifest["counts"].get("quads", 0) <= MOST_QUADS else None
            found: set[str] = set()
            if text:
                with contextlib.suppress(QueryError, OSError, RuntimeError):
                    rows = run(self.store, text, self.prefixes, base=self.base)
                    found = {row[0].value for row in rows if isinstance(row[0], px.NamedNode)}
            self._values[key] = tuple(sorted(found)) if len(found) <= MOST_VALUES else ()
        return self._values[key]

    @cached_property
    def things(self) -> int:
        """How many things can be found."""
        return search.number_of(self.index, search.Wanted({}))

    def choices(self, facet: str) -> list[tuple[str, int]]:
        """The values of a facet among all things, with how many things have each, the most first; at most 10,000."""
        if facet not in self._choices:
            self._choices[facet] = search.choices(self.index, facet, search.Wanted({}), 10_000)
        return self._choices[facet]

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
    def standing(self) -> dict[str, Any]:
        """Since which release statements stand, as `differences.later` has it; empty where that is not known."""
        path = self.release.path / "standing.json"
        return read_json(path) if path.is_file() else {}

    @cached_property
    def versions(self) -> list[Version]:
        """The release and those before it, as far as they are kept, newest first."""
        return versions(self.release)

    @cached_property
    def gone(self) -> dict[str, str]:
        """The addresses that earlier releases had and this one has not, and the last release that had each."""
        path = self.release.path / "gone.json"
        return read_json(path) if path.is_file() else {}

    @cached_property
    def changes(self) -> dict[str, Any]:
        """What changed since the release before, as `differences.as_data` has it; empty where that is not known."""
        path = self.release.path / "changes.json"
        return read_json(path) if path.is_file() else {}

    @cached_property
    def words(self) -> dict[str, str]:
        """The words of the context by the IRIs they stand for, as in "of country" for ofCountry."""
        spaced = re.compile(r"(?<=[a-z])(?=[A-Z])")
        return {term.iri: spaced.sub(" ", word).lower() for word, term in reversed(self.context.terms.items())}

    @cached_property
    def headings(self) -> Headings:
        """What the vocabulary calls properties and classes on pages."""
        return Headings(self.store, self.base, self.words)


def _told(dataset: Dataset, base: str, iri: str) -> Sequence[Reason]:
    """The reasons for all that is said of a thing."""
    return because(dataset, base, dataset.about(iri))


def _content(store: Store, graph: str) -> Sequence[px.Quad]:
    """The quads of a named graph, literals as the database has them."""
    return tuple(store.quads_for_pattern(None, None, None, px.NamedNode(graph)))


class Follower:
    """The current release of a build folder. `opened` looks whether a build has replaced it, every EVERY seconds.

    A release that cannot be opened is passed over: the one before goes on answering, and `fault` says why.
    """

    def __init__(self, build: Path, endpoint: Endpoint | None = None) -> None:
        self._build, self._pointer, self._endpoint = build, build / "current", endpoint
        self._seen, self._looked = self._stamp(), time.monotonic()
        self._opened = Opened(build, endpoint=endpoint)
        self.fault = ""

    def opened(self) -> Opened:
        """The current release, opened."""
        now = time.monotonic()
        if now - self._looked < EVERY:
            return self._opened
        self._looked = now
        if (stamp := self._stamp()) != self._seen:
            try:
                opened = Opened(self._build, endpoint=self._endpoint)
                self._opened, self._seen, self.fault = opened, stamp, ""
            except KgError as error:  # looked at again a second later
                self.fault, self._looked, self._opened.replaced = str(error), now + 1, True
        return self._opened

    def _stamp(self) -> tuple[int, int]:
        try:
            found = self._pointer.stat()
        except OSError:
            return 0, 0
        return found.st_mtime_ns, found.st_ino
