"""Releases: immutable builds on disk, the current one's name, and the store that answers queries on it.

A release is written aside, flushed to disk, renamed into place, and only then named current, so a build that
fails or is killed at any moment leaves the release before it answering.
"""

import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pyoxigraph as px

from kg.errors import StoreError


class Release(NamedTuple):
    """One immutable build: its folder and its manifest."""

    path: Path
    manifest: dict[str, Any]

    @property
    def dataset(self) -> Path:
        """The sorted N-Quads file that holds everything."""
        return self.path / "dataset.nq"


def current(build: Path) -> Release:
    """The current release of a build folder; StoreError where there is none or it is damaged."""
    pointer = build / "current"
    try:
        path = build / "releases" / pointer.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        raise StoreError(f"{build}: nothing has been built yet; run `kg build`") from None
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"{pointer}: {error}; make it readable, or run `kg build`") from None
    return open_release(path)


def open_release(path: Path) -> Release:
    """The release in a folder; StoreError where its manifest or dataset is missing or damaged."""
    try:
        manifest = json.loads((path / "manifest.json").read_bytes())
        if not (path / "dataset.nq").is_file():
            raise StoreError(f"{path}: dataset.nq is missing; run `kg build` to make the release again")
    except (OSError, ValueError) as error:
        raise StoreError(f"{path}: the release is damaged ({error}); run `kg build` to make it again") from None
    return Release(path, manifest)


def open_store(release: Release) -> px.Store:
    """A store that answers queries on the release: the one on disk, read-only, or one in memory."""
    try:
        if (release.path / "store").is_dir():
            return px.Store.read_only(str(release.path / "store"))
        store = px.Store()
        store.bulk_load(path=str(release.dataset), format=px.RdfFormat.N_QUADS)
    except (OSError, SyntaxError) as error:
        raise StoreError(f"{release.path}: {error}; run `kg build` to make the release again") from None
    return store


def publish(build: Path, name: str, files: Mapping[str, bytes], prepare: Callable[[Path], None]) -> Release:
    """Make a release of files by its name, and make it the current one.

    `prepare` may add to the folder before it is put in place. A release of the same name, and so of the same
    dataset, gets the files one by one. Raises StoreError and leaves the current release as it was where the
    disk is full or not writable.
    """
    releases = build / "releases"
    aside = releases / f".{name}.{os.getpid()}"
    try:
        releases.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir()
        (build / ".gitignore").write_text("*\n", encoding="utf-8")
        for file, content in files.items():
            _write(aside / file, content)
        prepare(aside)
        _place(aside, releases / name)
        _write(build / f".current.{os.getpid()}", f"{name}\n".encode())
        (build / f".current.{os.getpid()}").replace(build / "current")
        _flush(build)
    except OSError as error:
        where = error.filename or build
        raise StoreError(
            f"{where}: {error.strerror or error}; the release before it still stands: "
            "make room or make the folder writable, and build again"
        ) from None
    finally:
        shutil.rmtree(aside, ignore_errors=True)
        (build / f".current.{os.getpid()}").unlink(missing_ok=True) if build.is_dir() else None
    return open_release(releases / name)


def write_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; StoreError where it cannot be written."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        _write(aside, content)
        aside.replace(path)
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror or error}; choose a place that can be written") from None
    finally:
        aside.unlink(missing_ok=True)


def _place(aside: Path, final: Path) -> None:
    """Rename a folder into place, or its files where the place is taken."""
    _flush(aside)
    if not final.exists():
        aside.rename(final)
    else:
        for path in sorted(aside.iterdir()):
            if path.is_file():
                path.replace(final / path.name)
    _flush(final.parent)


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _flush(folder: Path) -> None:
    """Flush a folder's entries, so that a rename survives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
