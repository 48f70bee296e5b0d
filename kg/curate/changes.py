"""Changes: files of a project written together, where the project builds with them as well as it did before.

A change is tried on a copy of the project first, so that what does not build is never written. Nobody's work is
overwritten: a file that is no longer as it was read is left alone, and the change is refused.
"""

import os
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from kg.build.preparing import prepare
from kg.errors import FactError, Fault, KgError, QueryError
from kg.project import Project
from kg.query.canned import list_queries
from kg.release.writer import write_file

Files = Mapping[Path, bytes | None]  # what files hold; None where there is none


class ConflictError(QueryError):
    """A file is no longer as it was read: somebody else has changed it."""


def make(project: Project, read: Files, changed: Files, becomes: Project | None = None) -> None:
    """Write files, each whole, or delete those that are None. `becomes` are the project's settings with the change.

    `read` is what the change was made from. ConflictError where one of these is another now; FactError with the faults
    that the change would bring, of which there were none before; QueryError where a path leads out of the project.
    """
    within(project, *changed)
    with _alone(project):
        for path, data in read.items():
            if content(path) != data:
                shown = path.relative_to(project.root).as_posix()
                raise ConflictError(f"{shown} has been changed since it was read; look at it, and try again")
        if faults := brought(project, changed, becomes):
            raise FactError(faults)
        for path, data in changed.items():
            if data is None:
                path.unlink(missing_ok=True)
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                _write(path, data)


def _write(path: Path, data: bytes) -> None:
    write_file(path, lambda file: file.write(data))


def content(path: Path) -> bytes | None:
    """What a file holds, None where there is none."""
    return path.read_bytes() if path.is_file() else None


def within(project: Project, *paths: Path) -> None:
    """Raise QueryError where a path to be written leads out of the project, as by a link."""
    for path in paths:
        if path.is_symlink() or not _is_inside(path, project.root):
            raise QueryError(f"{path}: a link, or out of the project; put the file itself there")


def _place(project: Project) -> Path:
    """A folder of a project where a build sweeps up after processes that were killed."""
    place = project.build / "releases"
    place.mkdir(parents=True, exist_ok=True)
    (project.build / ".gitignore").write_text("*\n", encoding="utf-8")
    return place


def _is_inside(path: Path, root: Path) -> bool:
    try:
        return path.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError):  # links that lead to each other
        return False


def faults_of(project: Project, kept: Path | None = None) -> Sequence[Fault]:
    """What is wrong with the facts of a project, however little of its sources is read.

    `kept` is where it is kept what files give; the project's own place where not given.
    """
    with TemporaryDirectory(prefix=".change-", suffix=f".{os.getpid()}", dir=_place(project)) as folder:
        try:
            prepare(replace(project, coverage=0.0), Path(folder), kept or project.build / "cache")
        except FactError as error:
            return error.faults
    return ()


def brought(project: Project, changed: Files, becomes: Project | None = None) -> list[Fault]:
    """The faults that a project would have with a change, and does not have without it."""
    with _trial(becomes or project, changed) as trial:
        try:
            found = faults_of(trial, project.build / "cache")
            if any(path.suffix == ".rq" for path in changed):
                list_queries(trial.queries)
        except KgError as error:  # which names the copy's files
            raise type(error)(str(error).replace(str(trial.root), str(project.root))) from None
    before = Counter((fault.file, fault.message) for fault in faults_of(project)) if found else Counter()
    new = []
    for fault in found:
        before[fault.file, fault.message] -= 1
        if before[fault.file, fault.message] < 0:
            new.append(fault)
    return new


@contextmanager
def _trial(project: Project, changed: Files) -> Iterator[Project]:
    """A copy of a project with files changed; what is not changed is the same file by another name, where it can be."""
    with TemporaryDirectory(prefix=".trial-", suffix=f".{os.getpid()}", dir=_place(project)) as folder:
        root = Path(folder)
        for source in project.inputs:
            if source.is_dir():
                shutil.copytree(source, root / source.name, copy_function=_link, symlinks=True)
        for path, data in changed.items():
            copy = root / path.relative_to(project.root)
            copy.unlink(missing_ok=True)  # first of all, since it is the project's own file by another name
            if data is not None:
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(data)
        yield replace(project, root=root)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:  # another disk, or a system that has none
        shutil.copy2(source, target, follow_symlinks=False)


@contextmanager
def _alone(project: Project) -> Iterator[None]:
    """While this lasts no other process makes a change; where there are no such locks, the files' contents decide."""
    try:
        import fcntl
    except ModuleNotFoundError:  # Windows
        yield
        return
    folder = os.open(project.data, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)
