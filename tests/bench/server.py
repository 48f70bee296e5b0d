"""Load `kg serve` beside its peers with wrk, in turn, and print requests a second and the slowest hundredth.

The peers hold the same dataset: `oxigraph serve-read-only` (Rust) and `rdflib-endpoint` (Python, in memory). The small query
asks for the statements of one thing; the canned query is the one of posts, as the peers would be asked it.
"""

import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple
from urllib.parse import quote

import httpx

from kg.query.canned import read_query
from kg.release.reader import current

ROOT = Path(__file__).parent.parent.parent
BIN = Path(sys.executable).parent
ROUNDS, SECONDS, CONNECTIONS = 7, 2, 8
SMALL = "SELECT ?p ?o WHERE { <https://icc-campaign.example.org/id/kofi-annan> ?p ?o }"


class Load(NamedTuple):
    """What wrk measured: requests a second, and the milliseconds within which 99 of 100 were answered."""

    rate: float
    p99: float


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def running(command: list[str], url: str) -> Iterator[None]:
    """A server process that answers at an address."""
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            try:
                httpx.get(url, timeout=5)
                break
            except httpx.TransportError:
                time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait()


def load(url: str) -> Load:
    """wrk's measure of one address."""
    assert httpx.get(url, timeout=30).status_code == 200, url
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}", "--latency", "--timeout", "20", url]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "Non-2xx" not in said, said
    httpx.get(url, timeout=60)  # what is still asked is answered before the next is loaded
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    slow = re.search(r"99%\s+([\d.]+)(us|ms|s)", said)
    assert rate, said
    scale = {"us": 0.001, "ms": 1.0, "s": 1000.0}
    return Load(float(rate[1]), float(slow[1]) * scale[slow[2]] if slow else float("nan"))


def main() -> None:
    """Print the table, or why there is none."""
    missing = [name for name in ("wrk", str(BIN / "oxigraph"), str(BIN / "rdflib-endpoint")) if not shutil.which(name)]
    if missing:
        print(f"\nno load test: {', '.join(missing)} not found (apt-get install wrk; pip install '.[bench]')")
        return
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        dataset = current(ROOT / "build").dataset
        subprocess.run(
            [BIN / "oxigraph", "load", "--location", folder, "--file", dataset], check=True, capture_output=True
        )
        kg, oxigraph, endpoint = (f"127.0.0.1:{free_port()}" for _ in range(3))
        port = kg.rpartition(":")[2]
        commands = {
            kg: [str(BIN / "kg"), "serve", "--port", port],
            oxigraph: [str(BIN / "oxigraph"), "serve-read-only", "--location", folder, "--bind", oxigraph],
            endpoint: [str(BIN / "rdflib-endpoint"), "serve", "--port", endpoint.rpartition(":")[2], str(dataset)],
        }
        for where, command in commands.items():
            stack.enter_context(running(command, f"http://{where}/"))
        report(f"http://{kg}", f"http://{oxigraph}/query?query=", f"http://{endpoint}/?query=")


def report(kg: str, oxigraph: str, endpoint: str) -> None:
    """Load the addresses in turn, and print medians and the ratios of each round."""
    canned = quote(read_query(ROOT / "queries" / "posts.rq").text)
    cases = {
        "kg: entity document, cached": f"{kg}/id/kofi-annan.ttl",
        "Oxigraph: small query": oxigraph + quote(SMALL),
        "kg: small query, in a worker": f"{kg}/sparql?query={quote(SMALL)}",
        "kg: canned query, cached": f"{kg}/query/posts.json",
        "kg: canned query as SPARQL, in a worker": f"{kg}/sparql?query={canned}",
        "Oxigraph: canned query": oxigraph + canned,
        "rdflib-endpoint: canned query": endpoint + canned,
    }
    rounds: dict[str, list[Load]] = {name: [] for name in cases}
    for _ in range(ROUNDS):
        for name, url in cases.items():
            rounds[name].append(load(url))
    print(f"\nwrk, {CONNECTIONS} connections, {SECONDS} s, medians of {ROUNDS} rounds\n")
    print("| what | requests/s | p99 |\n|---|---|---|")
    for name, loads in rounds.items():
        print(f"| {name} | {median(each.rate for each in loads):,.0f} | {median(each.p99 for each in loads):.2f} ms |")
    print("\n| ratio of requests/s | median | goal | met |\n|---|---|---|---|")
    for ours, peer, goal in (
        ("kg: entity document, cached", "Oxigraph: small query", 1.0),
        ("kg: canned query, cached", "rdflib-endpoint: canned query", 20.0),
        ("kg: canned query as SPARQL, in a worker", "rdflib-endpoint: canned query", 0.0),
    ):
        ratio = median(a.rate / b.rate for a, b in zip(rounds[ours], rounds[peer], strict=True))
        met = ("yes" if ratio >= goal else "NO") if goal else ""
        print(f"| {ours} / {peer} | {ratio:,.2f} | {goal or '–'} | {met} |")


if __name__ == "__main__":
    main()
