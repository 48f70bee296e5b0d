"""TriG: the quads of a dataset graph by graph, the default graph last; written beside the other formats.

    python -m kg.release.trig < JOB

A large dataset is written by a process of its own, so that both cores of a small machine have something to do.
The job is JSON: `out` and `default`, paths; `runs`, paths of sorted lines that begin with their graph; `context`, a
path; `base` and `prefixes`.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from kg.errors import StoreError
from kg.rdf.context import read_context
from kg.rdf.serialize import WRITERS
from kg.rdf.sorted_lines import merged
from kg.rdf.terms import Quad
from kg.release.nquads import parsed, portions, readable

LARGE = 200_000  # quads from which on starting a process pays


class Job(NamedTuple):
    """What is written, where, from what, and in which prefixes and context."""

    out: Path
    default: Path
    runs: Sequence[Path]
    context: Path
    base: str
    prefixes: Mapping[str, str]


def write_trig(job: Job) -> None:
    """Write a dataset as TriG."""
    with job.out.open("wb") as out:
        writer = WRITERS["trig"](out, job.prefixes, read_context(job.context, job.base))
        for quads in named_then_default(job.runs, job.default):
            writer.put(quads)
        writer.end()


def named_then_default(runs: Sequence[Path], default: Path) -> Iterator[list[Quad]]:
    """The quads of a dataset in portions, in order of their graphs, those of the default graph last.

    `runs` are sorted lines that begin with their graph, `default` the lines of the default graph.
    """
    for portion in portions(merged(runs), terms=2):
        yield parsed(line.partition(b" ")[2] for line in readable(portion, terms=2))
    with default.open("rb") as file:
        for portion in portions(file):
            yield parsed(readable(portion))


def start(job: Job) -> subprocess.Popen[bytes]:
    """A process that writes a dataset as TriG; `finish` waits for it."""
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "kg.release.trig"], stdin=subprocess.PIPE, stderr=subprocess.PIPE
    )
    if process.stdin:
        process.stdin.write(json.dumps({**job._asdict(), "runs": list(map(str, job.runs))}, default=str).encode())
        process.stdin.close()
        process.stdin = None
    return process


def finish(process: subprocess.Popen[bytes]) -> None:
    """Wait until a process of `start` has written its file; StoreError where it could not."""
    _, said = process.communicate()
    if process.returncode:
        last = said.decode(errors="replace").strip().splitlines()[-1:]
        raise StoreError(f"writing TriG failed: {' '.join(last) or process.returncode}; make room, and build again")


def main() -> None:
    """Write what the job on stdin says."""
    found: dict[str, Any] = json.load(sys.stdin)
    paths = {name: Path(found[name]) for name in ("out", "default", "context")}
    write_trig(Job(**{**found, **paths, "runs": [Path(run) for run in found["runs"]]}))


if __name__ == "__main__":
    main()
