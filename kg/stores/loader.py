"""Loader: the embedded database of a release, made from files of N-Quads beside what else a build does."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TypeVar

import pyoxigraph as px

from kg.errors import StoreError

Result = TypeVar("Result")

PORTION = 100_000  # quads that are loaded at a time: each takes a kilobyte of memory, and each portion some time


class Loader:
    """Makes a database of files of N-Quads, beside what else the process does: the engine works without Python's lock.

    Quads may come in any order and more than once.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._store: px.Store | None = px.Store(str(folder))
        self._thread = ThreadPoolExecutor(1)
        self._loading: list[Future[None]] = []
        self._held: list[bytes] = []

    def put(self, path: Path, lines: Callable[[Iterable[bytes]], Iterable[bytes]] = iter) -> None:
        """Load a file, of whose lines `lines` gives those that are quads."""
        self._loading.append(self._thread.submit(self._load, path, lines))

    def _load(self, path: Path, lines: Callable[[Iterable[bytes]], Iterable[bytes]]) -> None:
        with path.open("rb") as file:
            quads = iter(lines(file))
            while self._store is not None and (more := list(islice(quads, PORTION - len(self._held)))):
                self._held += more
                if len(self._held) == PORTION:
                    self._load_held()

    def _load_held(self) -> None:
        if self._store is not None and self._held:
            self._store.bulk_load(input=b"".join(self._held), format=px.RdfFormat.N_QUADS)
        self._held = []

    def finish(self, then: Callable[[px.Store], Result]) -> "Future[Result]":
        """What a function makes of the database, once every file is in it."""
        return self._thread.submit(self._finish, then)

    def _finish(self, then: Callable[[px.Store], Result]) -> Result:
        for loading in self._loading:
            loading.result()
        self._load_held()
        store = self._opened()
        store.optimize()
        return then(store)

    def close(self, folder: Path, more: Iterable[px.Quad] = ()) -> None:
        """Add a few quads to a database that is finished, and have it stand in a folder."""
        store = self._opened()
        store.bulk_extend(more)
        store.flush()
        self._store = None
        del store  # which closes it
        self._folder.rename(folder)

    def _opened(self) -> px.Store:
        if self._store is None:
            raise StoreError(f"{self._folder}: loading was stopped; build again")
        return self._store

    def stop(self) -> None:
        """Give up what is not loaded yet, and close the database."""
        store, self._store = self._store, None
        self._thread.shutdown(cancel_futures=True)
        del store


@contextmanager
def loading(folder: Path) -> Iterator[Loader]:
    """A loader of a database in a folder, which is stopped at the end, whatever happens."""
    loader = Loader(folder)
    try:
        yield loader
    finally:
        loader.stop()


def load(dataset: Path, folder: Path) -> None:
    """Make the database of an N-Quads file in a folder."""
    with loading(folder.with_name(f"{folder.name}.part")) as loader:
        loader.put(dataset)
        loader.finish(len).result()
        loader.close(folder)
