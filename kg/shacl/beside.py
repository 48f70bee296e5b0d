"""Beside: a validation in a process of its own, so that a build writes its files while they are being checked.

    python -m kg.shacl.beside < JOB > REPORT

The job is two lines of JSON: the path of the shapes, as soon as these are known, then a `Job`. The report is JSON, or
`error` where the shapes are not SHACL. What takes long to load is loaded, and the shapes are read, while the data are
not there yet.
"""

import gc
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pyoxigraph as px

from kg.errors import ProjectError, StoreError
from kg.rdf.parse import parse_lines
from kg.rdf.serialize import lines_of
from kg.rdf.sorted_lines import differing
from kg.rdf.terms import Quad
from kg.shacl.report import Report, Timed, finding_of

if TYPE_CHECKING:
    from kg.shacl.validation import Since


class Job(NamedTuple):
    """What is to be checked, and how: as `kg.shacl.validation` has it.

    `triples` is a path of N-Triples, the default graph of the sorted N-Quads of `quads`, of which those of `graph` are
    checked too. `before` is such a path of quads that have been validated against the same shapes, where there is one,
    and `failing` the focus nodes of what was found, as findings have them.
    """

    triples: Path
    quads: Path
    graph: str
    engine: str = "auto"
    memory: str = "1GB"
    before: Path | None = None
    failing: Sequence[str] = ()


class Validation:
    """A process that validates one job; started by `validating`, which also ends it."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process

    def learn(self, shapes: Iterable[Quad], to: Path) -> None:
        """Give it the shapes, in a file that is written for it."""
        to.write_bytes(b"".join(lines_of(shapes)))
        self._say(str(to))

    def begin(self, job: Job) -> None:
        """Give it the job, once it has the shapes."""
        self._say(job._asdict())
        if self._process.stdin:
            self._process.stdin.close()
            self._process.stdin = None

    def _say(self, what: object) -> None:
        if self._process.stdin:
            with suppress(BrokenPipeError):  # `report` tells why it has ended
                self._process.stdin.write(json.dumps(what, default=str).encode() + b"\n")
                self._process.stdin.flush()

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
    from kg.shacl import pyshacl_engine  # noqa: F401  (loaded here, while there is nothing to do yet)
    from kg.shacl.shapes import check
    from kg.shacl.validation import Checker, Options

    if not (line := sys.stdin.readline()):  # the build has found something else to stop at
        return
    with Path(json.loads(line)).open("rb") as file:
        shapes = list(parse_lines(file))
    checker, wrong = None, ""
    try:
        checker = Checker(shapes, check(shapes))
        checker.get_ready()
    except ProjectError as error:
        wrong = str(error)
    if not (line := sys.stdin.readline()):
        return
    found = json.loads(line)
    paths = {name: Path(found.pop(name)) for name in ("triples", "quads", "before") if found[name]}
    job = Job(**{**found, **paths})
    tempfile.tempdir = str(job.quads.parent)  # where what this process leaves is swept up, should it be ended
    try:
        options = Options(job.engine, job.memory, since=partial(since, job))
        report = checker.check([job.triples, _checked(job)], options) if checker else None
    except ProjectError as error:
        report, wrong = None, str(error)
    json.dump(report._asdict() if report else {"error": wrong}, sys.stdout)


def _checked(job: Job) -> Path:
    """The triples of the graph of a job, in a file beside its quads."""
    end, to = f" {px.NamedNode(job.graph)} .\n".encode(), job.quads.with_name("graph.nt")
    with job.quads.open("rb") as file, to.open("wb") as out:
        out.writelines(line.removesuffix(end) + b" .\n" for line in file if line.endswith(end) and _is_quad(line))
    return to


def _is_quad(line: bytes) -> bool:
    """Whether a line that ends with an IRI is a quad, and no triple of the default graph."""
    return line.count(b" ") > 3


def since(job: Job) -> "Since | None":
    """What has changed since an earlier validation; None where there is none, or too much has."""
    if not job.before:
        return None
    from kg.shacl.validation import Since

    try:
        lines = [line for line, _ in islice(differing(job.before, job.quads), MOST + 1)]
    except OSError:  # the release has been deleted meanwhile
        return None
    if len(lines) > MOST:
        return None
    checked = px.DefaultGraph(), px.NamedNode(job.graph)
    failing = (f"<{text}>" if text[:1] not in ('"', "_") else text for text in job.failing)
    terms = parse_lines(f"<urn:x> <urn:x> {text} .\n".encode() for text in failing)
    changed = {quad.triple for quad in parse_lines(lines) if quad.graph_name in checked}
    return Since(changed, {quad.object for quad in terms})


MOST = 100_000  # lines that have changed, beyond which everything is checked


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    os._exit(0)  # the build waits for it, and giving back memory piece by piece takes a while
