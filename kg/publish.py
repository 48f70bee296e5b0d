"""Publish: a release written whole and only then made current.

It is written aside, flushed to disk, renamed into place, and only then named current, so a build that fails or is
killed at any moment leaves the release before it answering.
"""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import pyoxigraph as px

from kg.errors import StoreError
from kg.store import Release, open_release


def publish(build: Path, name: str, files: Mapping[str, bytes]) -> Release:
    """Make a release of files by its name, with the database of its dataset.nq, and make it the current one.

    A release of the same name, and so of the same dataset, gets the files one by one. Raises StoreError and leaves the
    current release as it was where the disk is full or not writable.
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
        _database(aside)
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


def _database(folder: Path) -> None:
    """Make the database of the dataset in a folder."""
    store = px.Store(str(folder / "store"))
    store.bulk_load(path=str(folder / "dataset.nq"), format=px.RdfFormat.N_QUADS)
    store.optimize()
    store.flush()
