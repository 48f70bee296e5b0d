"""Writer: a release written whole and only then made current.

It is written aside, flushed to disk, renamed into place, and only then named current, so a build that fails or is
killed at any moment leaves the release before it answering.
"""

import errno
import filecmp
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pyoxigraph as px

from kg.errors import StoreError
from kg.release.reader import Release, open_release
from kg.release.sums import SIGNATURE, SUMS, write_sums

DAY = 86_400.0  # seconds


@contextmanager
def staging(build: Path) -> Iterator[Path]:
    """A folder of a build folder to make a release in, which is deleted at the end, whatever happens.

    Raises StoreError where the disk is full or not writable; the current release stays as it was.
    """
    aside = build / "releases" / f".staging.{os.getpid()}"
    try:
        aside.parent.mkdir(parents=True, exist_ok=True)
        _sweep(aside.parent)
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir()
        (build / ".gitignore").write_text("*\n", encoding="utf-8")
        yield aside
    except (OSError, RuntimeError) as error:  # pyoxigraph tells a database that cannot be written by RuntimeError
        if isinstance(error, RuntimeError) and type(error) is not RuntimeError:
            raise
        where = getattr(error, "filename", None) or build
        raise StoreError(
            f"{where}: {getattr(error, 'strerror', None) or error}; the release before it still stands: "
            "make room or make the folder writable, and build again"
        ) from None
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def publish(build: Path, folder: Path, name: str) -> Release:
    """Give a folder that holds a whole release its name, and make it the current one.

    Where a release of the same name, and so of the same dataset, stands already, it gets the files one by one.
    """
    pointer = build / f".current.{os.getpid()}"
    try:
        _place(folder, build / "releases" / name)
        write_sums(build / "releases" / name)
        _write(pointer, f"{name}\n".encode())
        pointer.replace(build / "current")
        _flush(build)
    finally:
        pointer.unlink(missing_ok=True)
    return open_release(build / "releases" / name)


def write_file(path: Path, write: Callable[[IO[bytes]], object]) -> int:
    """Have a file written whole or not at all, its mode kept and links followed; gives its size in bytes.

    A device or a pipe is written to directly. StoreError where it cannot be written.
    """
    try:
        target = path.resolve()
        if target.exists() and not target.is_file():
            with target.open("wb") as file:
                write(file)
            return 0
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".kg-") as folder:
            aside = Path(folder) / target.name
            with aside.open("wb") as file:
                write(file)
                file.flush()
                os.fsync(file.fileno())
            if target.exists():
                aside.chmod(target.stat().st_mode)
            aside.replace(target)
            return target.stat().st_size
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror or error}; choose a place that can be written") from None


def flush(release: Path) -> None:
    """Have the files of a release survive a power cut, but for those of its database, which sees to that itself."""
    for path in _files(release):
        _flush(path)
    _flush(release)


def _place(aside: Path, final: Path) -> None:
    """Rename a folder into place, or its files where a whole release of the same name has the place."""
    files = {path.relative_to(aside) for path in _files(aside)}
    flush(aside)
    if final.exists() and not _whole(final, aside):
        shutil.rmtree(final)
    try:
        aside.rename(final)
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.EACCES):
            raise
        for file in sorted(files):
            (final / file).parent.mkdir(exist_ok=True)
            (aside / file).replace(final / file)
        for path in _files(final):
            if path.relative_to(final) not in files and path.name not in (SUMS, SIGNATURE):
                path.unlink()
    _flush(final.parent)


def _files(release: Path) -> list[Path]:
    """The files of a release, but for those of its database, which belongs together."""
    return sorted(path for path in release.rglob("*") if path.is_file() and path.parent.name != "store")


def _whole(release: Path, again: Path) -> bool:
    """Whether a release has the dataset of the same release made again, and a database that opens."""
    try:
        same = filecmp.cmp(release / "dataset.nq", again / "dataset.nq", shallow=False)
        return same and len(px.Store.read_only(str(release / "store"))) == len(px.Store.read_only(str(again / "store")))
    except (OSError, RuntimeError):
        return False


def _sweep(releases: Path) -> None:
    """Delete what builds that were killed left behind."""
    for path in releases.glob(".*"):
        if not at_work(path.suffix[1:], path):
            shutil.rmtree(path, ignore_errors=True)


def at_work(pid: str, aside: Path) -> bool:
    """Whether the process of an id may still be at work in a folder that it has made aside."""
    if not pid.isdigit():
        return False
    if os.name == "nt":  # where asking for a process by its id can end it
        return time.time() - aside.stat().st_mtime < DAY
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # another user's process
        return True
    return True


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _flush(path: Path) -> None:
    """Flush a file, or a folder's entries, so that it survives a power cut."""
    if os.name == "nt":  # which flushes what is open for writing alone
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
