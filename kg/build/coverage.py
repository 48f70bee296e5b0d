"""Coverage: how much of the sources is quoted, and how statements rest on their words, without a build."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from kg.build.preparing import prepare
from kg.errors import Fault
from kg.facts.coverage import Coverage, covered
from kg.facts.intake import quoted
from kg.facts.naming import Unjudged, read_unjudged
from kg.facts.records import fact_files
from kg.facts.sources import Source, read_sources
from kg.project import Project


class Read(NamedTuple):
    """How much of each source is read, and what is wrong with the sources and the quotes."""

    sources: list[tuple[Source, Coverage]]
    faults: list[Fault]


def read_coverage(project: Project) -> Read:
    """What of each source is quoted, skipped and unread, whatever the facts say."""
    sources, faults = read_sources(project.data, project.root)
    files, strange = fact_files(project.data, project.root)
    whole = not faults
    quotes = [quoted(path, path.relative_to(project.root).as_posix(), sources, whole) for path in files]
    found = covered(sources, (spans for spans, _ in quotes))
    faults = [*faults, *strange, *(fault for _, some in quotes for fault in some)]
    return Read([(sources[ident], coverage) for ident, coverage in found.items()], faults)


class Readable(NamedTuple):
    """How many statements of a project are of each of KINDS, and which could not be judged."""

    counts: Mapping[str, int]
    unjudged: list[Unjudged]


def read_readable(project: Project) -> Readable:
    """How much of a project is readable in its words; FactError with all faults of the facts."""
    with TemporaryDirectory(prefix="kg-readable-") as folder:
        prepared = prepare(project, Path(folder), Path(folder) / "cache")
        return Readable(prepared.readable, read_unjudged(prepared.folder / "unjudged"))
