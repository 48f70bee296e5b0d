"""App: the ASGI application that puts a release on the web.

Front       one request in, one response out: cache, conditional requests, HEAD, log, metrics
  Endpoint  a handler, which sees a Request and returns a Reply
    Pool    worker processes, for whatever is asked with SPARQL
"""

import asyncio
import json
import re
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from starlette.requests import ClientDisconnect
from starlette.requests import Request as Received
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import Receive, Scope, Send

from kg.errors import KgError, StoreError
from kg.pages.catalogue import root_of
from kg.pages.error import error_page
from kg.query.opened import Follower, Opened
from kg.query.pool import Pool, Settings
from kg.web import routes
from kg.web.cache import Cache
from kg.web.negotiation import choose, takes_gzip
from kg.web.request import Handler, Request
from kg.web.response import Packed, ProblemError, Reply, matches, pack, problem, unchanged
from kg.web.slow_clients import PATIENCE, sweep
from kg.web.telemetry import Log, Metrics

SLOWEST = 30.0  # seconds for a client to take CHUNK bytes


CHUNK = 1 << 16


_HOST = re.compile(r"[A-Za-z0-9.-]+(:\d+)?|\[[0-9A-Fa-f:.]+\](:\d+)?")


METHODS = ("GET", "HEAD", "OPTIONS")


class Endpoint(NamedTuple):
    """A pattern of addresses with the handler that answers them, and the methods that it answers."""

    pattern: str
    handler: Handler
    methods: tuple[str, ...]
    route: Route

    async def __call__(self, opened: Opened, pool: Pool, received: Received) -> Reply:
        """The handler's reply to a request that the pattern matches; ProblemError where it cannot be answered."""
        if received.method not in self.methods:
            allowed = ", ".join(self.methods)
            raise ProblemError(405, f"{received.method} is not answered here; {allowed} are", [("Allow", allowed)])
        if received.method == "OPTIONS":
            return _preflight(self.methods)
        request = _request(received)
        name = received.path_params.get("name", request.path)
        if "\0" in name or "\ufffd" in name:
            raise ProblemError(404, "the address holds a NUL or is not UTF-8")
        return await self.handler(opened, pool, request, name)


def endpoints(handlers: Mapping[str, Handler]) -> list[Endpoint]:
    """The endpoints of handlers by their patterns, in the order in which they are tried."""
    return [
        Endpoint(
            pattern,
            handler,
            (*METHODS, "POST") if handler in routes.POST else METHODS,
            Route(pattern, _unrouted),
        )
        for pattern, handler in handlers.items()
    ]


async def _unrouted(request: Received) -> Response:
    """What Starlette asks for beside a pattern; kg takes only the matching from it."""
    raise NotImplementedError


def _preflight(methods: tuple[str, ...]) -> Reply:
    allowed = ", ".join(methods)
    headers = (
        ("Allow", allowed),
        ("Access-Control-Allow-Methods", allowed),
        ("Access-Control-Allow-Headers", "Accept, Content-Type, If-None-Match"),
        ("Access-Control-Max-Age", "86400"),
    )
    return Reply(204, "text/plain", headers=headers)


def _request(received: Received) -> Request:
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

    hosts = headers.getlist("host") or [received.url.netloc]
    if len(hosts) > 1 or not _HOST.fullmatch(hosts[0]):
        raise ProblemError(400, "the Host header is not a valid host and port")
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
    )


class Front:
    """The application: answers from the cache or from the handlers, and notes what it answered."""

    def __init__(self, build: Path, settings: Settings, spool: Path, log: Log) -> None:
        self.follower = Follower(build)
        self.pool = Pool(settings, spool)
        self.connections: Iterable[Any] = ()
        self.log, self._fault = log, ""
        self.metrics = Metrics(self.pool, self.follower)
        self._endpoints = endpoints({**routes.ROUTES, "/metrics": self.metrics.page})
        self._cached: tuple[Opened, Cache] = self.follower.opened(), Cache()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._opened(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    async def _opened(self, receive: Receive, send: Send) -> None:
        await receive()
        await self.pool.start()
        sweeper = asyncio.create_task(sweep(self.connections))
        await send({"type": "lifespan.startup.complete"})
        await receive()
        sweeper.cancel()
        await self.pool.stop()
        self.log.flush()
        await send({"type": "lifespan.shutdown.complete"})

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        start = time.perf_counter()
        accept = none_match = b""
        compressed, hosts = False, 0
        for name, value in scope["headers"]:
            if name == b"accept":
                accept = accept + b", " + value if accept else value
            elif name == b"if-none-match":
                none_match = none_match + b", " + value if none_match else value
            elif name == b"accept-encoding":
                compressed = takes_gzip(value)
            elif name == b"host":
                hosts += 1
        opened, cache = self._current()
        method = scope["method"]
        key = (scope["raw_path"], scope["query_string"], accept, compressed)
        packed = cache.get(key) if method in ("GET", "HEAD") and hosts < 2 else None
        reply: Reply | None = None
        if packed is None:
            route, reply = await self._handled(opened, scope, receive, accept.decode("latin-1"))
            packed = pack(reply, route, scope["path"], compressed and reply.file is None)
            if reply.cacheable and method in ("GET", "HEAD") and reply.file is None:
                cache.put(key, packed)
        if none_match and method in ("GET", "HEAD") and matches(none_match, packed.etag):
            packed, reply = unchanged(packed), None
        sent = await _send(packed, reply, method, send)
        seconds = time.perf_counter() - start
        self.metrics.count(packed, seconds)
        self.log.request(scope, packed, seconds, sent, reply)

    def _current(self) -> tuple[Opened, Cache]:
        """The current release with the responses made from it; a new release begins with none."""
        opened = self.follower.opened()
        if self.follower.fault != self._fault:
            self._fault = self.follower.fault
            self.log.event("release", self._fault or f"{opened.name} is served")
        if self._cached[0] is not opened:
            self._cached = opened, Cache()
        return self._cached

    def _endpoint(self, scope: Scope) -> tuple[Endpoint, Scope]:
        """The first endpoint whose pattern an address matches, with what Starlette reads out of the address."""
        for endpoint in self._endpoints:
            match, found = endpoint.route.matches(scope)
            if match is not Match.NONE:
                return endpoint, found
        message = f"there is nothing at {scope['path'][:200]}; the addresses are in openapi.json and sitemap.xml"
        raise ProblemError(404, message)

    async def _handled(self, opened: Opened, scope: Scope, receive: Receive, accept: str) -> tuple[str, Reply]:
        """The pattern that an address matched, "-" for none, and the handler's reply; every error is a reply too."""
        pattern = "-"
        try:
            endpoint, found = self._endpoint(scope)
            pattern = endpoint.pattern
            return pattern, await endpoint(opened, self.pool, Received({**scope, **found}, receive))
        except ProblemError as error:
            problem_ = error
        except KgError as error:
            problem_ = problem(error)
            if isinstance(error, StoreError) and problem_.status == 503 and not problem_.members:
                self.log.event("store", str(error))
        except ClientDisconnect:
            problem_ = ProblemError(400, "the client went away")
        except Exception as error:  # noqa: BLE001  (the one place where an error of our own becomes an answer)
            self.log.event("failed", f"{type(error).__name__}: {error}")
            problem_ = ProblemError(500, "kg failed, and that is its own fault; please report what you asked")
        return pattern, _refusal(opened, problem_, scope, accept)


def _refusal(opened: Opened, found: ProblemError, scope: Scope, accept: str) -> Reply:
    """An error as a page for people and as problem+json for programs."""
    headers = (*found.headers, ("Access-Control-Allow-Methods", "GET, HEAD, POST, OPTIONS"))
    if "text/html" in accept and choose(accept, ("json", "html")) == "html":
        root = root_of(scope["path"].removeprefix(scope.get("root_path", "")).lstrip("/"))
        return Reply(found.status, "text/html; charset=utf-8", error_page(opened, root, found.document()), headers)
    body = (json.dumps(found.document(), ensure_ascii=False) + "\n").encode()
    return Reply(found.status, "application/problem+json", body, headers)


async def _send(packed: Packed, reply: Reply | None, method: str, send: Send) -> int:
    """Send a response, a file in chunks, each within SLOWEST; how many bytes of body went out."""
    await send({"type": "http.response.start", "status": packed.status, "headers": packed.headers})
    if reply is None or reply.file is None or method == "HEAD":
        if reply is not None and reply.temporary and reply.file is not None:
            reply.file.unlink()
        body = b"" if method == "HEAD" else packed.body
        await send({"type": "http.response.body", "body": body})
        return len(body)
    sent = 0
    with reply.file.open("rb") as file:
        if reply.temporary:
            reply.file.unlink()
        while part := file.read(CHUNK):
            async with asyncio.timeout(SLOWEST):
                await send({"type": "http.response.body", "body": part, "more_body": True})
            sent += len(part)
    await send({"type": "http.response.body", "body": b""})
    return sent
