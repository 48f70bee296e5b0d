"""Request: one as it is received, what handlers see of it, and what they all do with it."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from starlette.requests import Request as Received
from starlette.types import Scope

from kg.pages.catalogue import root_of
from kg.query.opened import Opened
from kg.query.pool import Pool
from kg.query.results import Answer
from kg.query.worker import Job
from kg.rdf.formats import FORMATS
from kg.web.response import ProblemError, Reply
from kg.web.slow_clients import PATIENCE
from kg.web.sparql_protocol import Fields, fields


class Request(NamedTuple):
    """What a handler sees of a request: path below the root, query string, the headers that matter, the body's reader.

    `root` leads from the address to the root of the site ("./", "../", ...); `url` is the site's address as the client
    sees it, `client` who asks. `read` gives the body up to so many bytes, `gone` comes back once the client has gone
    away.
    """

    method: str
    path: str
    query_string: bytes
    accept: str
    media: str
    encoding: str
    root: str
    url: str
    read: Callable[[int], Awaitable[bytes]]
    gone: Callable[[], Awaitable[None]]
    client: str = ""

    @property
    def fields(self) -> Fields:
        """The fields of the query string."""
        return fields(self.query_string)


_HOST = re.compile(r"[A-Za-z0-9._-]+(:\d+)?|\[[0-9A-Fa-f:.]+\](:\d+)?")


def read_request(received: Received) -> Request:
    """What a handler sees of a request that Starlette received; ProblemError 400 where its Host is not one."""
    headers = received.headers

    async def read(most: int) -> bytes:
        """The body; ProblemError 413 past `most` bytes, 408 where the client takes too long."""
        parts, size = [], 0
        try:
            async with asyncio.timeout(PATIENCE):
                async for part in received.stream():
                    size += len(part)
                    if size > most:
                        raise ProblemError(
                            413, f"the body has more than {most:,} bytes; send less", [("Connection", "close")]
                        )
                    parts.append(part)
        except TimeoutError:
            raise ProblemError(408, f"the body did not come within {PATIENCE:g} s", [("Connection", "close")]) from None
        return b"".join(parts)

    async def gone() -> None:
        """Comes back once the client has gone away."""
        while (await received.receive())["type"] != "http.disconnect":
            pass

    if (wrong := host_problem(received.scope)) is not None:
        raise wrong
    path = received.scope["path"].removeprefix(received.scope.get("root_path", ""))
    return Request(
        received.method,
        path.lstrip("/"),
        received.scope["query_string"],
        ", ".join(headers.getlist("accept")),
        headers.get("content-type", ""),
        headers.get("content-encoding", "").strip().lower(),
        root_of(path.lstrip("/")),
        str(received.base_url),
        read,
        gone,
        client(received.scope),
    )


def host_problem(scope: Scope) -> ProblemError | None:
    """What is wrong with the Host of a request (RFC 9112, 3.2), None where nothing is."""
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    if not hosts and scope.get("http_version") == "1.1":
        return ProblemError(400, "the request names no Host", [("Connection", "close")])
    if len(hosts) > 1 or (hosts and not _HOST.fullmatch(hosts[0].decode("latin-1"))):
        return ProblemError(400, "the Host header is not a valid host and port", [("Connection", "close")])
    return None


def client(scope: Scope) -> str:
    """Who asks: the address, of IPv6 the network of a household (/64)."""
    address = str((scope.get("client") or ("",))[0])
    return ":".join(address.split(":")[:4]) if address.count(":") > 1 else address


async def ask(pool: Pool, request: Request, job: Job) -> Answer:
    """What a worker answers; the worker is ended where the client does not wait for it."""
    answer = asyncio.ensure_future(pool.ask(job, request.client))
    gone = asyncio.ensure_future(request.gone())
    try:
        await asyncio.wait((answer, gone), return_when=asyncio.FIRST_COMPLETED)
        if gone.done():
            if answer.done() and answer.exception() is None:
                pool.forget(answer.result())
            raise ProblemError(400, "the client went away")
        return answer.result()
    finally:
        answer.cancel()
        gone.cancel()


def context_of(opened: Opened, kind: str) -> tuple[tuple[str, str], ...]:
    """The header by which JSON-LD says where its context is (JSON-LD 1.1, 6.1); none for other formats."""
    link = f'<{opened.context.address}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'
    return (("Link", link),) if kind == "jsonld" else ()


def document(opened: Opened, kind: str, make: Callable[[], bytes], headers: tuple[tuple[str, str], ...] = ()) -> Reply:
    """A document of the release in a format, made when it is sent and kept until the next release."""
    return Reply(200, FORMATS[kind].content_type, make, (*headers, *context_of(opened, kind)), cacheable=True)


def as_json(value: Any, cacheable: bool = False, type_: str = "application/json") -> Reply:
    """A reply in JSON."""
    return Reply(200, type_, (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode(), cacheable=cacheable)


def unknown(name: str) -> ProblemError:
    """The error that the graph does not know a name."""
    return ProblemError(404, f"the graph knows nothing called {name[:80]!r}; search for it, or take it from a list")


# What answers an address: given the release, the workers, the request, and the name in the path or the whole path.
Handler = Callable[[Opened, Pool, Request, str], Awaitable[Reply]]
