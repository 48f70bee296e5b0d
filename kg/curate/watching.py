"""Watching: after each change of a project's files what is wrong with them, and then the release."""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from kg.build.preparing import prepare
from kg.build.releasing import Built, build
from kg.curate.schema import write_schema
from kg.errors import FactError, Fault, KgError
from kg.project import Project, read_project

QUIET = 1.0  # seconds without a change after which the schema is written
EVERY = 0.1  # seconds between two looks; looking at fifty files costs a fifth of a millisecond


class Outcome(NamedTuple):
    """What came of a change, and how long that took: the faults of the facts; or what else is wrong; or a build."""

    seconds: float
    faults: tuple[Fault, ...] = ()
    problem: str = ""
    built: Built | None = None


def watch(start: Path, goes_on: Callable[[], bool] = lambda: True, every: float = EVERY) -> Iterator[Outcome]:
    """What comes of the project as it stands, and of each change from then on: its faults at once, the release after.

    A change while a release is made is looked at when that is there. Nothing is left behind when it ends.
    """
    seen: dict[Path, tuple[int, int]] | None = None
    idle, kept = 0.0, False
    while goes_on():
        now = _stamps(start)
        if now != seen:
            seen, idle, kept = now, 0.0, False
            yield _outcome(start)
            continue
        time.sleep(every)
        idle += every
        if idle >= QUIET and not kept:  # the ids that are new, for editors: when nobody waits for anything
            _keep_schema(start)
            kept = True


def _stamps(start: Path) -> dict[Path, tuple[int, int]]:
    """When each file of a project was last written, and how large it is."""
    found = {}
    for path in _files(start):
        try:
            stat = path.stat()
        except OSError:  # gone between two looks
            continue
        found[path] = stat.st_mtime_ns, stat.st_size
    return found


def _files(start: Path) -> list[Path]:
    folders = [start / name for name in ("data", "ontology", "queries")]
    settings = [start / name for name in ("kg.toml", "pyproject.toml")]
    return [*settings, *(path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file())]


def _outcome(start: Path) -> Outcome:
    begun = time.perf_counter()

    def took() -> float:
        return time.perf_counter() - begun

    try:
        project = read_project(start)
        if faults := _faults(project):
            return Outcome(took(), faults)
        return Outcome(took(), built=build(project))
    except KgError as error:
        return Outcome(took(), problem=str(error))


def _keep_schema(start: Path) -> None:
    with suppress(KgError):  # which has been told
        write_schema(read_project(start))


def _faults(project: Project) -> tuple[Fault, ...]:
    """What is wrong with the facts of a project, without anything being written."""
    with TemporaryDirectory(prefix="kg-watch-") as folder:
        try:
            prepare(project, Path(folder), project.build / "cache")
        except FactError as error:
            return tuple(error.faults)
    return ()
