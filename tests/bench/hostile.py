"""One client asks for as much as it can, and another for documents that are in the cache: what the other waits.

python -m tests.bench.hostile [SECONDS]     by address, the other's median and slowest, with the hostile client at work
"""

import asyncio
import contextlib
import json
import random
import sys
import tempfile
import time
from collections import Counter
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from typing import NamedTuple
from urllib.parse import quote, urlsplit

import httpx

from tests.conftest import ROOT, Server, serving

WIDE = " ".join(f"?v{n}" for n in range(700))
ADDRESSES = (
    "",
    "id/kofi-annan.html",
    "id/kofi-annan",
    "id/cicc.ttl",
    "source/international-campaign-icc.html",
    "graph/provenance.html",
    "ontology.html",
    "dataset",
    "query/timeline",
    "search?q=court",
    f"sparql?query=SELECT {WIDE} {{ VALUES ?v0 {{ 1 2 3 4 5 }} }}",
    "sparql?query=SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "downloads/dataset.nq",
    f"reconcile?queries={quote(json.dumps({str(n): {'query': f'court {n}'} for n in range(100)}))}",
)
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
GREEDY = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c ?f ?i"
ACCEPTS = ("text/html", "text/turtle", "application/ld+json", "application/rdf+xml", "*/*", "application/json")


async def hostile(url: str, address: str, until: float) -> int:
    """Ask an address over eight connections with fields and Accept made up anew each time; how often."""
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:

        async def ask() -> int:
            count = 0
            while time.perf_counter() < until:
                mark = "&" if "?" in address else "?"
                kinds = ", ".join(f"{kind};q={random.random():.3f}" for kind in ACCEPTS)
                with contextlib.suppress(httpx.HTTPError):
                    await client.get(f"{address}{mark}x{random.random()}=1", headers={"Accept": kinds})
                count += 1
            return count

        return sum(await asyncio.gather(*(ask() for _ in range(8))))


def other(url: str, until: float) -> list[float]:
    """The milliseconds that documents in the cache take another client, which costs little itself."""
    found = []
    where = urlsplit(url)
    client = HTTPConnection(where.hostname or "", where.port, source_address=("127.0.0.2", 0))
    while time.perf_counter() < until:
        for address in ("/id/kofi-annan.ttl", "/id/kofi-annan.html"):
            start = time.perf_counter()
            client.request("GET", address, headers={"Accept-Encoding": "gzip"})
            response = client.getresponse()
            assert response.read()
            assert response.status == 200
            found.append((time.perf_counter() - start) * 1000)
        time.sleep(0.01)
    client.close()
    return found


def measured(url: str, address: str, seconds: float) -> tuple[int, float, float]:
    """How often the hostile client asked, and the other's median and slowest answer, each client in its own process."""
    import multiprocessing

    with multiprocessing.get_context("spawn").Pool(1) as pool:
        until = time.perf_counter() + seconds + 1
        asked = pool.apply_async(_hostile, (url, address, seconds + 1))
        time.sleep(1)
        found = other(url, until)
        return asked.get(60 + seconds), median(found), max(found)


def _hostile(url: str, address: str, seconds: float) -> int:
    return asyncio.run(hostile(url, address, time.perf_counter() + seconds))


class State(NamedTuple):
    """What a server has: workers that live, bytes of memory with theirs, and files that it has written."""

    workers: int
    memory: int
    files: int


def state(server: Server) -> State:
    """The state of a server."""
    pids = [server.process.pid, *_children(server.process.pid)]
    pages = sum(int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) for pid in pids)
    spool = next(Path(tempfile.gettempdir()).glob(f"kg-serve-{server.process.pid}-*"))
    alive = httpx.get(f"{server.url}health").json()["workers"]
    return State(alive, pages * 4096, sum(path.is_file() for path in spool.rglob("*")))


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]


def killed(count: int, query: str, *options: str) -> tuple[State, State, Counter[int]]:
    """The state of a server before and after so many queries that are ended at its limits, and their statuses."""
    with tempfile.TemporaryDirectory() as folder, serving(ROOT, Path(folder) / "log", *options) as server:
        for _ in range(20):  # warm: every worker has answered
            httpx.get(f"{server.url}sparql", params={"query": "ASK {}"})
        time.sleep(1)
        before = state(server)
        statuses = asyncio.run(_ask_often(server.url, query, count))
        deadline = time.perf_counter() + 10
        while state(server).workers < before.workers and time.perf_counter() < deadline:
            time.sleep(0.1)
        for _ in range(20):
            httpx.get(f"{server.url}sparql", params={"query": "ASK {}"})
        time.sleep(1)
        return before, state(server), statuses


async def _ask_often(url: str, query: str, count: int) -> Counter[int]:
    async with httpx.AsyncClient(base_url=url, timeout=120) as client:
        gate = asyncio.Semaphore(2)

        async def ask() -> int:
            async with gate:
                return (await client.get("sparql", params={"query": query})).status_code

        return Counter(await asyncio.gather(*(ask() for _ in range(count))))


def limits() -> None:
    """Print what is left after queries that were ended at the limits."""
    print("\n| queries ended | statuses | workers before, after | memory before, after | files left | met |")
    print("|---|---|---|---|---|---|")
    for name, found in (
        ("200 for time", killed(200, ENDLESS, "--timeout", "0.3")),
        ("20 for memory", killed(20, GREEDY, "--timeout", "60", "--max-memory", "256")),
    ):
        before, after, statuses = found
        met = after.workers == before.workers and after.files == 0 and after.memory < 1.2 * before.memory
        memory = f"{before.memory >> 20}, {after.memory >> 20} MiB"
        said = ", ".join(f"{status}: {number}" for status, number in sorted(statuses.items()))
        workers = f"{before.workers}, {after.workers}"
        print(f"| {name} | {said} | {workers} | {memory} | {after.files} | {'yes' if met else 'NO'} |", flush=True)


def main(seconds: float = 30.0, first: float = 0) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder, serving(ROOT, Path(folder) / "log", "--timeout", "5") as server:
        other(server.url, time.perf_counter() + 1)  # the documents are in the cache
        quiet = other(server.url, time.perf_counter() + 3)
        print(
            f"\nanother client's cached documents: {median(quiet):.2f} ms, slowest {max(quiet):.1f} ms, with nobody else\n"
        )
        print("| the hostile client asks for | times | the other's median | slowest | met (5 ms, 100 ms) |")
        print("|---|---|---|---|---|")
        for address in ADDRESSES[int(first) :]:
            count, middle, slowest = measured(server.url, address, seconds)
            met = "yes" if middle < 5 and slowest < 100 else "NO"
            print(f"| `/{address[:48]}` | {count:,} | {middle:.2f} ms | {slowest:.1f} ms | {met} |", flush=True)
    limits()


if __name__ == "__main__":
    main(*map(float, sys.argv[1:]))
