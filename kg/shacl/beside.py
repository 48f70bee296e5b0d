"""Beside: a validation in a process of its own, so that a build writes its files while they are being checked.

    python -m kg.shacl.beside < JOB > REPORT

The job is JSON: `shapes` and `triples`, paths of N-Triples; `quads`, a path of N-Quads of which those of `graph` are
checked too. The report is JSON, or `error` where the shapes are not SHACL. What takes long to load is loaded while the
job is not there yet.
"""

import gc
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pyoxigraph as px

from kg.errors import ProjectError, StoreError
from kg.rdf.parse import parse_lines
from kg.rdf.serialize import lines_of
from kg.rdf.terms import Quad
from kg.shacl.report import Report, Timed, finding_of


class Job(NamedTuple):
    """The files to be checked, the shapes to check them against, and how: as `kg.shacl.validation` has it."""

    shapes: Path
    triples: Path
    quads: Path
    graph: str
    engine: str = "auto"
    memory: str = "1GB"


class Validation:
    """A process that validates one job; started by `validating`, which also ends it."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process

    def begin(self, shapes: Iterable[Quad], job: Job) -> None:
        """Give it the job, and write the shapes to where the job says that they are."""
        job.shapes.write_bytes(b"".join(lines_of(shapes)))
        if self._process.stdin:
            self._process.stdin.write(json.dumps(job._asdict(), default=str).encode())
            self._process.stdin.close()
            self._process.stdin = None

    def report(self) -> Report:
        """Its report, without places; ProjectError where the shapes are not SHACL."""
        data, said = self._process.communicate()
        if self._process.returncode:
            last = said.decode(errors="replace").strip().splitlines()[-1:]
            raise StoreError(
                f"validation ended: {' '.join(last) or self._process.returncode}; free memory, and try again"
            )
        found: dict[str, Any] = json.loads(data)
        if "error" in found:
            raise ProjectError(found["error"])
        findings = tuple(finding_of(values) for values in found["findings"])
        times = tuple(Timed(*timed) for timed in found["times"])
        return Report(findings, found["checked"], found["turtle"], tuple(found["warnings"]), times)


@contextmanager
def validating() -> Iterator[Validation]:
    """A process that is ready to validate, and ended at the end, whatever happens."""
    pipe = subprocess.PIPE
    process = subprocess.Popen([sys.executable, "-P", "-m", "kg.shacl.beside"], stdin=pipe, stdout=pipe, stderr=pipe)
    try:
        yield Validation(process)
    finally:
        process.terminate()
        process.communicate()


def main() -> None:
    """Validate what the job on stdin says."""
    gc.set_threshold(100_000, 50, 50)  # what a validation makes has few cycles, and lives until its end
    from kg.shacl.shapes import check
    from kg.shacl.validation import Options, validate

    if not (text := sys.stdin.read()):  # the build has found something else to stop at
        return
    found = json.loads(text)
    paths = {name: Path(found[name]) for name in ("shapes", "triples", "quads")}
    job = Job(**{**found, **paths})
    with job.shapes.open("rb") as file:
        shapes = list(parse_lines(file))
    options = Options(job.engine, job.memory)
    try:
        with TemporaryDirectory(prefix="kg-beside-") as folder:
            report = validate([job.triples, _checked(job, Path(folder) / "graph.nt")], shapes, check(shapes), options)
    except ProjectError as error:
        json.dump({"error": str(error)}, sys.stdout)
        return
    json.dump(report._asdict(), sys.stdout)


def _checked(job: Job, to: Path) -> Path:
    """The triples of the graph of a job, in a file."""
    end = f" {px.NamedNode(job.graph)} .\n".encode()
    with job.quads.open("rb") as file, to.open("wb") as out:
        out.writelines(line.removesuffix(end) + b" .\n" for line in file if line.endswith(end))
    return to


if __name__ == "__main__":
    main()
