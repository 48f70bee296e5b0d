"""A request as it is received: its Host, who asks, how much of its body is read, and for how long."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from starlette.requests import Request as Received

from kg.web import request as request_module
from kg.web.request import client, host_problem, read_request
from kg.web.response import ProblemError
from tests.conftest import in_a_loop


def scope(*hosts: str, version: str = "1.1", address: str = "192.0.2.1", **more: Any) -> dict[str, Any]:
    return {
        "type": "http",
        "http_version": version,
        "method": "GET",
        "scheme": "http",
        "path": "/id/a",
        "query_string": b"a=1&a=2",
        "headers": [
            *((b"host", host.encode()) for host in hosts),
            (b"accept", b"text/turtle"),
            (b"accept", b"*/*;q=0.1"),
        ],
        "client": (address, 1),
        "server": ("127.0.0.1", 80),
        **more,
    }


@pytest.mark.parametrize("host", ["example.org", "example.org:8000", "a_b.example", "[::1]:80", "127.0.0.1"])
def test_a_host_is_a_name_or_an_address_with_a_port_or_without(host: str) -> None:
    assert host_problem(scope(host)) is None


@pytest.mark.parametrize("hosts", [(), ("a", "a"), ("a b",), ("a/b",), ("a@b",), ("",), ("a:b",), ("a\r\nx: y",)])
def test_what_is_no_host_is_refused(hosts: tuple[str, ...]) -> None:
    found = host_problem(scope(*hosts))
    assert found
    assert found.status == 400
    with pytest.raises(ProblemError):
        read_request(Received(scope(*hosts)))


def test_before_http_1_1_a_host_need_not_be_named() -> None:
    assert host_problem(scope(version="1.0")) is None


@pytest.mark.parametrize(
    ("address", "who"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2"),
        ("2001:db8:1:2:9:9:9:9", "2001:db8:1:2"),
        ("2001:db8:1:3:3:4:5:6", "2001:db8:1:3"),
    ],
)
def test_who_asks_is_an_address_or_the_network_of_a_household(address: str, who: str) -> None:
    assert client(scope("a", address=address)) == who
    assert client({"client": None}) == ""


def test_a_request_is_what_handlers_see_of_it() -> None:
    found = read_request(Received(scope("example.org", root_path="/graph", path="/graph/id/a")))
    assert (found.path, found.root, found.accept) == ("id/a", "../", "text/turtle, */*;q=0.1")
    assert found.fields == {"a": ["1", "2"]}
    assert found.client == "192.0.2.1"


def body(*parts: bytes, pause: float = 0) -> Received:
    received = Received(scope("a"))

    async def stream() -> AsyncGenerator[bytes, None]:
        for part in parts:
            await asyncio.sleep(pause)
            yield part

    received.stream = stream  # type: ignore[method-assign]
    return received


def test_a_body_is_read_up_to_so_many_bytes() -> None:
    assert in_a_loop(read_request(body(b"ab", b"cd")).read(4)) == b"abcd"  # type: ignore[arg-type]
    with pytest.raises(ProblemError) as caught:
        in_a_loop(read_request(body(b"ab", b"cde")).read(4))  # type: ignore[arg-type]
    assert caught.value.status == 413


def test_a_body_that_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_module, "PATIENCE", 0.05)
    with pytest.raises(ProblemError) as caught:
        in_a_loop(read_request(body(b"a", b"b", pause=0.04)).read(10))  # type: ignore[arg-type]
    assert caught.value.status == 408
