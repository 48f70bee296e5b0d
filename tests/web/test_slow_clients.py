"""Clients that are slow, idle, endless, or gone."""

import socket
import time
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.conftest import Server, serving
from tests.web.conftest import CROSS, SELECT


def flood(url: str, first: bytes, again: bytes, most: int) -> int:
    """How many bytes a server takes of what never ends."""
    where = urlsplit(url)
    taken = 0
    with socket.create_connection((where.hostname or "", where.port or 80), timeout=3) as connection:
        try:
            connection.sendall(first)
            while taken < most:
                connection.sendall(again)
                taken += len(again)
        except OSError:
            pass
    return taken


@pytest.mark.long
def test_slow_and_idle_clients_do_not_keep_others_waiting(campaign: Path, tmp_path: Path) -> None:
    with serving(campaign, tmp_path / "log") as found:
        where = urlsplit(found.url)
        place = (where.hostname or "", where.port or 80)
        idle = [socket.create_connection(place) for _ in range(900)]
        slow = [socket.create_connection(place) for _ in range(50)]
        for connection in slow[:25]:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        for connection in slow[25:]:
            connection.sendall(
                b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: 99\r\n\r\nASK"
            )
        with httpx.Client() as client:
            for _ in range(30):
                assert client.get(f"{found.url}id/kofi-annan.ttl").status_code == 200
        end = time.monotonic() + 14
        for connection in (*idle[:50], *slow):
            connection.settimeout(max(0.1, end - time.monotonic()))
            try:
                answer = connection.recv(4096)
            except ConnectionResetError:
                answer = b""
            assert answer == b"" or b"408" in answer.split(b"\r\n")[0]
        for connection in (*idle, *slow):
            connection.close()


def test_a_client_that_leaves_frees_the_worker(campaign: Path, tmp_path: Path) -> None:
    with serving(campaign, tmp_path / "log", "--timeout", "30", "--workers", "1") as found:
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(f"{found.url}sparql", params={"query": CROSS}, timeout=0.5)
        assert httpx.get(f"{found.url}sparql", params={"query": SELECT}, timeout=20).status_code == 200


@pytest.mark.parametrize(
    ("first", "again"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\n", b"X-More: " + b"a" * 1000 + b"\r\n"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX-Endless: ", b"a" * 5000),
        (b"GET /", b"a" * 5000),
        (
            b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"5\r\nASK{}\r\n0\r\n",
            b"X-More: " + b"a" * 1000 + b"\r\n",
        ),
        (b"GET /health HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n", b"X-More: " + b"a" * 1000 + b"\r\n"),
    ],
)
def test_no_head_is_taken_without_end(server: Server, first: bytes, again: bytes) -> None:
    assert flood(server.url, first, again, 50_000_000) < 20_000_000
    assert httpx.get(f"{server.url}health").status_code == 200
