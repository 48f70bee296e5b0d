"""Worker: one process that answers queries on releases within limits, one at a time.

    python -m kg.query.worker TIMEOUT ROWS BYTES MEMORY SPOOL

It reads a job from stdin and writes an answer to stdout: a length of four bytes, JSON of that length, and after an
answer its body. A body past INLINE bytes goes to a file in the folder SPOOL, so that no worker waits for a slow
reader. The engine cannot be asked to stop a query; whoever started the process ends it, and should that one be gone,
the process ends itself a second after TIMEOUT.
"""

import json
import os
import resource
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, Any

import pyoxigraph as px

from kg.errors import KgError, QueryError
from kg.query.canned import bind, find_query
from kg.query.results import Limits, at_most, table, too_large, write_results
from kg.query.sparql import Graphs, run
from kg.rdf.context import read_context
from kg.rdf.serialize import write
from kg.rdf.terms import Triple
from kg.release.nquads import Dataset, in_graph, parsed
from kg.release.reader import Release, open_release
from kg.stores.base import Endpoint, Store
from kg.stores.opening import open_store

INLINE = 1 << 20


Job = dict[str, Any]


class Stores:
    """The last release that was asked, kept open."""

    def __init__(self) -> None:
        self._path = ""
        self._opened: tuple[Release, Store]

    def opened(self, path: str, endpoint: Sequence[str] | None = None) -> tuple[Release, Store]:
        """The release in a folder, and what answers for it: its own database, or an endpoint."""
        if path != self._path:
            release = open_release(Path(path))
            store = open_store(release, Endpoint(*endpoint) if endpoint else None)
            self._opened, self._path = (release, store), path
        return self._opened


def main() -> None:
    """Answer jobs until stdin ends."""
    _, timeout, rows, size, memory, spool = sys.argv
    os.nice(19)  # who asks for what is ready does not wait for who asks for much
    if memory != "0":
        resource.setrlimit(resource.RLIMIT_DATA, (int(memory), int(memory)))
    tempfile.tempdir = spool  # where what a worker leaves behind is swept up
    limits = Limits(int(rows), int(size))
    stores = Stores()
    while job := receive(sys.stdin.buffer):
        with deadline(float(timeout) + 1):
            head, body = answer(job, limits, stores)
            if len(body) > INLINE:
                with tempfile.NamedTemporaryFile(dir=spool, prefix=f"{os.getpid()}-", delete=False) as file:
                    file.write(body)
                head, body = {**head, "file": file.name}, b""
            send(sys.stdout.buffer, {**head, "size": len(body)}, body)


def answer(job: Job, limits: Limits, stores: Stores) -> tuple[dict[str, Any], bytes]:
    """The head and body of the answer to a job; what went wrong is a head with `error`.

    A job names the folder of a release, the endpoint that is asked in the place of its database, the formats wanted for
    a table and for a graph, and one of `query`, a SPARQL text; `name` and `values`, a canned query, with `evidence`
    where its receipts are wanted too ("all", or of how many rows, if they fit); `statements`, the format of a table of
    all that facts say; `named_graph`, the IRI of a graph to be given whole; `reconcile`, what a reconciliation client
    asks. `stores` keeps the last release open.
    """
    try:
        limits = limits._replace(bytes=min(limits.bytes, job.get("bytes", limits.bytes)))
        release, store = stores.opened(job["release"], job.get("endpoint"))
        if "named_graph" in job:
            quads = _graph(release, job["named_graph"], limits)
            context = read_context(release.path / "context.jsonld", release.manifest["base"])
            return {"format": job["graph"], "kind": "graph"}, write(
                quads, job["graph"], release.manifest["prefixes"], context
            )
        if "reconcile" in job:
            from kg.query.reconcile import Reconciler  # loads SQLite, which queries do without

            with closing(Reconciler(release, store)) as reconciler:
                return {"format": "json", "kind": "table"}, reconciler.answer(job["reconcile"])
        if "statements" in job:
            return {"format": job["statements"], "kind": "table"}, _statements(
                job["statements"], limits, release, store
            )
        return _asked(job, limits, release, store)
    except QueryError as error:
        return _error(str(error), error.kind, error.line, error.column)
    except KgError as error:
        return _error(str(error), "store")
    except MemoryError:
        return _error("the query needs more memory than it may have; narrow it", "memory")


def _asked(job: Job, limits: Limits, release: Release, store: Store) -> tuple[dict[str, Any], bytes]:
    prefixes = release.manifest["prefixes"]
    if "name" in job:
        canned = find_query(release.path / "queries", job["name"])
        text = bind(canned, job["values"], store, release.manifest["base"], prefixes)
    else:
        text = job["query"]
    graphs = Graphs(tuple(job.get("default", ())), tuple(job.get("named", ())))
    if "evidence" in job:
        return {"format": job["table"], "kind": "table"}, _with_receipts(job, text, limits, release, store)
    results = run(store, text, prefixes, graphs, base=release.manifest["base"])
    kind = _kind(results)
    wanted = job["graph" if kind == "graph" else "table"]
    if wanted is None:
        raise QueryError(f"the answer is a {kind}; ask for a format that can hold it", "format")
    if kind == "table" and "cells" in job:
        limits = limits._replace(rows=min(limits.rows, max(1, job["cells"] // max(1, len(results.variables)))))
    return {"format": wanted, "kind": kind}, write_results(results, wanted, prefixes, limits)


def _with_receipts(job: Job, text: str, limits: Limits, release: Release, store: Store) -> bytes:
    """An answer with its receipts; without them where they would not fit and the job can do without."""
    from kg.query.receipts import answered, write_answered  # loads rdflib, which other queries do without

    def most(columns: int) -> int:
        return min(limits.rows, max(1, job["cells"] // max(1, columns)) if "cells" in job else limits.rows)

    with closing(Dataset(release.dataset)) as dataset:
        shown = None if job["evidence"] == "all" else job["evidence"]
        found = answered(store, dataset, text, release, most, shown)
    data = write_answered(found, job["table"])
    if len(data) > limits.bytes and job["evidence"] != "all":
        data = write_answered(found._replace(receipts=[[] for _ in found.rows]), job["table"])
    if len(data) > limits.bytes:
        raise too_large(limits)
    return data


def _statements(kind: str, limits: Limits, release: Release, store: Store) -> bytes:
    """All that facts say, as a table in a format."""
    from kg.query.statements import COLUMNS, every_statement  # with what receipts need

    every = every_statement(release.dataset, store, release.manifest["base"])
    return table(COLUMNS, at_most(every, limits.rows, "take the whole graph from /downloads"), kind, limits)


def _graph(release: Release, iri: str, limits: Limits) -> list[Triple]:
    """The triples of a named graph, as they stand in the dataset's file."""
    lines = list(islice(in_graph(release.dataset, iri), limits.rows + 1))
    if len(lines) > limits.rows:
        raise QueryError(
            f"the graph has more than {limits.rows:,} triples; take the whole dataset from /downloads", "limit"
        )
    return [quad.triple for quad in parsed(lines)]


def _error(message: str, kind: str, line: int = 0, column: int = 0) -> tuple[dict[str, Any], bytes]:
    return {"error": {"message": message, "kind": kind, "line": line, "column": column}}, b""


def _kind(results: Any) -> str:
    if isinstance(results, px.QueryTriples):
        return "graph"
    return "yes or no" if isinstance(results, px.QueryBoolean) else "table"


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """End the process by SIGALRM, which nothing within it can delay, where what is done takes longer."""
    signal.setitimer(signal.ITIMER_REAL, seconds)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)


def receive(stream: IO[bytes]) -> dict[str, Any]:
    """The next message of a stream, {} at its end."""
    size = int.from_bytes(stream.read(4), "big")
    message: dict[str, Any] = json.loads(stream.read(size)) if size else {}
    return message


def send(stream: IO[bytes], message: dict[str, Any], body: bytes = b"") -> None:
    """Write a message and the body that its `size` tells of."""
    stream.write(packed(message) + body)
    stream.flush()


def packed(message: dict[str, Any]) -> bytes:
    """A message as it goes through the pipe."""
    data = json.dumps(message).encode()
    return len(data).to_bytes(4, "big") + data


if __name__ == "__main__":
    main()
