"""Loader: the embedded database of a release, made from files of N-Quads beside what else a build does."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TypeVar

import pyoxigraph as px

from kg.stores.embedded import open_folder

Result = TypeVar("Result")

PORTION = 100_000  # quads that are loaded at a time: one load of everything needs a kilobyte of memory a quad


class Loader:
    """Makes a database of files of N-Quads, beside what else the process does: the engine works without Python's lock.

    Quads may come in any order and more than once.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._store: px.Store | None = px.Store(str(folder))
        self._thread = ThreadPoolExecutor(1)
        self._loading: list[Future[None]] = []

    def put(self, path: Path, lines: Callable[[Iterable[bytes]], Iterable[bytes]] = iter) -> None:
        """Load a file, of whose lines `lines` gives those that are quads."""
        self._loading.append(self._thread.submit(self._load, path, lines))

    def _load(self, path: Path, lines: Callable[[Iterable[bytes]], Iterable[bytes]]) -> None:
        with path.open("rb") as file:
            quads = iter(lines(file))
            while self._store is not None and (portion := b"".join(islice(quads, PORTION))):
                self._store.bulk_load(input=portion, format=px.RdfFormat.N_QUADS)

    def finish(self, folder: Path, then: Callable[[px.Store], Result]) -> "Future[Result]":
        """What a function makes of the database, once every file is in it and it stands in a folder, read-only."""
        return self._thread.submit(self._finish, folder, then)

    def _finish(self, folder: Path, then: Callable[[px.Store], Result]) -> Result:
        for loading in self._loading:
            loading.result()
        if self._store is not None:
            self._store.optimize()
            self._store.flush()
            self._store = None
        self._folder.rename(folder)
        return then(open_folder(folder))

    def stop(self) -> None:
        """Give up what is not loaded yet, and close the database."""
        store, self._store = self._store, None
        self._thread.shutdown(cancel_futures=True)
        del store


def add(folder: Path, quads: Iterable[px.Quad]) -> None:
    """Add a few quads to the database in a folder."""
    store = px.Store(str(folder))
    store.bulk_extend(quads)
    store.flush()


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
        loader.finish(folder, len).result()
