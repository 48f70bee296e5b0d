"""Writer: a release written whole and only then made current.

It is written aside, flushed to disk, renamed into place, and only then named current, so a build that fails or is
killed at any moment leaves the release before it answering.
"""

import errno
import os
import shutil
import tempfile
from collections.abc import Container, Mapping
from pathlib import Path

import pyoxigraph as px

from kg.errors import StoreError
from kg.release.reader import Release, open_release


def publish(build: Path, name: str, files: Mapping[str, bytes]) -> Release:
    """Make a release of files by its name, with the database of its dataset.nq, and make it the current one.

    A release of the same name, and so of the same dataset, gets the files one by one. Raises StoreError and leaves the
    current release as it was where the disk is full or not writable.
    """
    releases = build / "releases"
    aside = releases / f".{name}.{os.getpid()}"
    try:
        releases.mkdir(parents=True, exist_ok=True)
        _sweep(releases)
        aside.mkdir()
        (build / ".gitignore").write_text("*\n", encoding="utf-8")
        for file, content in files.items():
            (aside / file).parent.mkdir(exist_ok=True)
            _write(aside / file, content)
        _database(aside)
        _place(aside, releases / name, files)
        _write(build / f".current.{os.getpid()}", f"{name}\n".encode())
        (build / f".current.{os.getpid()}").replace(build / "current")
        _flush(build)
    except (OSError, RuntimeError) as error:  # pyoxigraph tells a database that cannot be written by RuntimeError
        where = getattr(error, "filename", None) or build
        raise StoreError(
            f"{where}: {getattr(error, 'strerror', None) or error}; the release before it still stands: "
            "make room or make the folder writable, and build again"
        ) from None
    finally:
        shutil.rmtree(aside, ignore_errors=True)
        (build / f".current.{os.getpid()}").unlink(missing_ok=True) if build.is_dir() else None
    return open_release(releases / name)


def write_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, its mode kept and links followed; StoreError where it cannot be written.

    What is no plain file, such as a device or a pipe, is written through.
    """
    try:
        target = path.resolve()
        if target.exists() and not target.is_file():
            target.write_bytes(content)
            return
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".kg-") as folder:
            aside = Path(folder) / target.name
            _write(aside, content)
            if target.exists():
                aside.chmod(target.stat().st_mode)
            aside.replace(target)
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror or error}; choose a place that can be written") from None


def _place(aside: Path, final: Path, files: Container[str]) -> None:
    """Rename a folder into place, or its files where a whole release of the same name has the place."""
    _flush(aside)
    if final.exists() and not _whole(final, aside):
        shutil.rmtree(final)
    try:
        aside.rename(final)
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
            raise
        for path in sorted(path for path in aside.rglob("*") if path.is_file() and path.parent.name != "store"):
            place = final / path.relative_to(aside)
            place.parent.mkdir(exist_ok=True)
            path.replace(place)
        for path in sorted(path for path in final.rglob("*") if path.is_file() and path.parent.name != "store"):
            if path.relative_to(final).as_posix() not in files:
                path.unlink()
    _flush(final.parent)


def _whole(release: Path, again: Path) -> bool:
    """Whether a release has the dataset of the same release made again, and a database that opens."""
    try:
        same = (release / "dataset.nq").read_bytes() == (again / "dataset.nq").read_bytes()
        return same and len(px.Store.read_only(str(release / "store"))) == len(px.Store.read_only(str(again / "store")))
    except (OSError, RuntimeError):
        return False


def _sweep(releases: Path) -> None:
    """Delete what builds that were killed left behind."""
    for path in releases.glob(".*"):
        try:
            os.kill(int(path.suffix[1:]), 0)
        except (ProcessLookupError, ValueError):
            shutil.rmtree(path, ignore_errors=True)
        except PermissionError:  # another user's process, still at work
            continue


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
