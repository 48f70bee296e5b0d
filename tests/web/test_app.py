"""The application: limits on what is asked, and what is no request."""

import os
import signal
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.conftest import Server, serving
from tests.web.conftest import CROSS, SELECT, children, raw


def memory(pid: int) -> int:
    """The resident memory of a process and its children, in bytes."""
    found = subprocess.run(["ps", "-o", "rss=,pid=,ppid=", "-e"], capture_output=True, check=True, text=True).stdout
    rows = [tuple(map(int, line.split())) for line in found.splitlines()]
    return sum(rss for rss, own, parent in rows if pid in (own, parent)) * 1024


@pytest.mark.long
def test_a_cross_join_ends_in_time_and_disturbs_nobody(campaign: Path, tmp_path: Path) -> None:
    with serving(campaign, tmp_path / "log", "--timeout", "2", "--workers", "2") as found:
        query = f"{found.url}sparql"
        httpx.get(query, params={"query": SELECT})
        ended: list[tuple[int, float, str]] = []

        def attack() -> None:
            start = time.perf_counter()
            response = httpx.get(query, params={"query": CROSS}, timeout=30)
            ended.append((response.status_code, time.perf_counter() - start, response.json()["detail"]))

        thread = threading.Thread(target=attack)
        thread.start()
        answered = 0
        with httpx.Client(transport=httpx.HTTPTransport(local_address="127.0.0.2")) as beside:
            while thread.is_alive():
                assert beside.get(query, params={"query": SELECT}).status_code == 200
                answered += 1
                time.sleep(0.01)
        ((status, seconds, detail),) = ended
        assert status == 504
        assert "2 s" in detail
        assert 2 <= seconds < 10, "the join itself would take hours; `make bench` has the figure"
        assert answered >= 5


@pytest.mark.long
def test_fifty_cross_joins_at_once_leave_the_documents_answering(campaign: Path, tmp_path: Path) -> None:
    with serving(campaign, tmp_path / "log", "--timeout", "2", "--workers", "2") as found, httpx.Client() as beside:
        for _ in range(4):
            beside.get(f"{found.url}sparql", params={"query": SELECT})
        before = memory(found.process.pid)
        with ThreadPoolExecutor(50) as threads:
            asked = [
                threads.submit(httpx.get, f"{found.url}sparql", params={"query": CROSS}, timeout=60) for _ in range(50)
            ]
            while not all(future.done() for future in asked):
                assert beside.get(f"{found.url}id/kofi-annan.ttl").status_code == 200
                time.sleep(0.02)
        statuses = {future.result().status_code for future in asked}
        assert statuses == {503, 504}
        assert all(future.result().json()["status"] in (503, 504) for future in asked)
        assert beside.get(f"{found.url}sparql", params={"query": SELECT}).status_code == 200
        time.sleep(0.5)
        assert memory(found.process.pid) < before * 1.3 + 20_000_000


def test_a_query_that_takes_too_much_memory_is_ended(campaign: Path, tmp_path: Path) -> None:
    query = "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?i"
    with serving(campaign, tmp_path / "log", "--timeout", "30", "--max-memory", "512") as found:
        response = httpx.get(f"{found.url}sparql", params={"query": query}, timeout=60)
        assert (response.status_code, response.json()["reason"]) == (503, "memory")
        assert httpx.get(f"{found.url}sparql", params={"query": SELECT}).status_code == 200


def test_a_killed_worker_loses_nothing(campaign: Path, tmp_path: Path) -> None:
    with serving(campaign, tmp_path / "log", "--timeout", "10", "--workers", "2") as found:
        stop = threading.Event()
        statuses: list[int] = []

        def load() -> None:
            with httpx.Client() as client:
                while not stop.is_set():
                    statuses.append(client.get(f"{found.url}sparql", params={"query": SELECT}).status_code)

        threads = [threading.Thread(target=load) for _ in range(4)]
        for thread in threads:
            thread.start()
        for _ in range(6):
            time.sleep(0.15)
            os.kill(children(found.process.pid)[0], signal.SIGKILL)
        stop.set()
        for thread in threads:
            thread.join()
        assert set(statuses) == {200}
        assert len(statuses) > 6, "each worker that was ended had one to answer"


@pytest.mark.parametrize(
    "request_",
    [
        b"\0\0\0\0",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nASK{}",
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 1_000_000 + b"\r\n\r\n",
        b"GET /openapi.json HTTP/1.1\r\nHost: a b\r\n\r\n",
        b'GET /openapi.json HTTP/1.1\r\nHost: "><script>\r\n\r\n',
        b"GET /sparql HTTP/1.1\r\nHost: a<b>c\r\n\r\n",
    ],
)
def test_what_is_no_request_is_refused(server: Server, request_: bytes) -> None:
    answer = raw(server.url, request_, wait=3)
    assert answer == b"" or answer.split()[1] in (b"400", b"404", b"431"), answer[:200]
    assert httpx.get(f"{server.url}health").status_code == 200


def test_a_large_body_is_no_large_head(client: httpx.Client) -> None:
    """Sent in one piece with the head, or in many: it is the body that is too large, or is read."""
    headers = {"Content-Type": "application/sparql-query"}
    for size in (200_000, 900_000):
        query = SELECT + " #" + "x" * size
        assert client.post("sparql", content=query.encode(), headers=headers).status_code == 422, "too long to parse"
    for _ in range(10):
        assert client.post("sparql", content=b"#" * 1_100_000, headers=headers).status_code == 413


@pytest.mark.long
def test_long_addresses_are_not_remembered(campaign: Path, tmp_path: Path) -> None:
    with serving(campaign, tmp_path / "log") as found, httpx.Client() as client:
        own = Path(f"/proc/{found.process.pid}/statm")
        for number in range(100):
            client.get(f"{found.url}{number}{'y' * 40_000}")
        before = int(own.read_text().split()[1])
        for number in range(400):
            client.get(f"{found.url}{number}{'x' * 40_000}")
        pages = int(own.read_text().split()[1]) - before
        assert pages * os.sysconf("SC_PAGE_SIZE") < 8_000_000, "of the sixteen million bytes of the addresses"


def test_two_hosts_are_refused_and_nothing_has_no_length(server: Server) -> None:
    twice = raw(server.url, b"GET /ontology.ttl HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n")
    assert twice.startswith(b"HTTP/1.1 400")
    nothing = raw(server.url, b"OPTIONS /sparql HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").lower()
    assert nothing.startswith(b"http/1.1 204")
    assert b"\r\ncontent-length:" not in nothing
    assert b"\r\ncontent-type:" not in nothing
