"""App: the ASGI application that puts a release on the web.

Front       one request in, one response out: cache, conditional requests, HEAD, log, metrics
  Endpoint  a handler, which sees a Request and returns a Reply
    Pool    worker processes, for whatever is asked with SPARQL
"""

import asyncio
import contextlib
import json
import re
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from starlette.requests import ClientDisconnect
from starlette.requests import Request as Received
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from kg.errors import KgError, StoreError
from kg.pages.catalogue import root_of
from kg.pages.error import error_page
from kg.query.opened import Follower, Opened
from kg.query.pool import Pool, Settings
from kg.web import routes
from kg.web.cache import Asked, Cache
from kg.web.compressed import Compressed
from kg.web.negotiation import choose, takes_gzip
from kg.web.reload import EVENTS, SCRIPT, Reload
from kg.web.request import Handler, client, host_problem, read_request
from kg.web.response import Packed, ProblemError, Reply, matches, pack, partly, problem, ranged, unchanged
from kg.web.send import CHUNK, left, send_reply
from kg.web.shares import BusyError, Shares
from kg.web.slow_clients import PATIENCE, sweep
from kg.web.telemetry import Log, Metrics

METHODS = ("GET", "HEAD", "OPTIONS")


LOOKED_AT = frozenset((b"accept", b"accept-encoding", b"if-match", b"if-none-match", b"if-range", b"range"))


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
            return _preflight(self.methods, received.headers.get("access-control-request-headers", ""))
        request = read_request(received)
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


_NAMES = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+( *, *[A-Za-z0-9!#$%&'*+.^_`|~-]+)*")


def _preflight(methods: tuple[str, ...], asked: str) -> Reply:
    """What a browser asks before scripts of other sites may ask (CORS): every header that one sends is allowed."""
    allowed = ", ".join(methods)
    wanted = asked if _NAMES.fullmatch(asked) else "Accept, Content-Type, If-None-Match"
    headers = (
        ("Allow", allowed),
        ("Access-Control-Allow-Methods", allowed),
        ("Access-Control-Allow-Headers", wanted),
        ("Access-Control-Max-Age", "86400"),
    )
    return Reply(204, "text/plain", headers=headers)


class Agents(NamedTuple):
    """What answers agents at /mcp: an application, and the context in which it runs."""

    app: ASGIApp
    running: Callable[[], AbstractAsyncContextManager[Any]]


class Front:
    """The application: answers from the cache or from the handlers, and notes what it answered."""

    def __init__(self, build: Path, settings: Settings, spool: Path, log: Log) -> None:
        self.follower = Follower(build, settings.endpoint)
        self.pool = Pool(settings, spool)
        self.connections: Iterable[Any] = ()
        self.agents: Agents | None = None
        self.reload: Reload | None = None
        self.log, self._fault = log, ""
        self.metrics = Metrics(self.pool, self.follower)
        self._endpoints = endpoints({**routes.ROUTES, "/metrics": self.metrics.page})
        self._cached: tuple[Opened, Cache] = self.follower.opened(), Cache()
        self._makers = ThreadPoolExecutor(2, "pages")
        self._making = Shares(1, PATIENCE)
        self._gzip = Compressed(spool / "gzip")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._opened(receive, send)
        elif scope["type"] == "http":
            path = scope["path"].removeprefix(scope.get("root_path", ""))
            if self.reload and path in (EVENTS, SCRIPT) and scope["method"] in ("GET", "HEAD"):
                await self.reload(scope, receive, send)
            elif self.agents and path == "/mcp":
                await self.agents.app({**scope, "path": "/mcp", "root_path": ""}, receive, send)
            else:
                await self._answer(scope, receive, send)

    async def _opened(self, receive: Receive, send: Send) -> None:
        await receive()
        await self.pool.start()
        sweeper = asyncio.create_task(sweep(self.connections))
        async with self.agents.running() if self.agents else contextlib.nullcontext():
            await send({"type": "lifespan.startup.complete"})
            await receive()
        sweeper.cancel()
        await self.pool.stop()
        self._makers.shutdown(cancel_futures=True)
        self.log.flush()
        await send({"type": "lifespan.shutdown.complete"})

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        start = time.perf_counter()
        headers: dict[bytes, bytes] = {}
        for name, value in scope["headers"]:
            if name in LOOKED_AT:
                headers[name] = headers[name] + b", " + value if name in headers else value
        accept, compressed = headers.get(b"accept", b""), takes_gzip(headers.get(b"accept-encoding", b""))
        opened, cache = self._current()
        method = scope["method"]
        asked = (scope["raw_path"], scope["query_string"], accept, compressed)
        packed = cache.answer(asked) if method in ("GET", "HEAD") and host_problem(scope) is None else None
        reply: Reply | None = None
        if packed is None:
            route, reply = await self._handled(opened, scope, receive, accept.decode("latin-1"))
            packed, reply = await self._packed(cache, asked, route, reply, scope)
        if method in ("GET", "HEAD"):
            packed, reply = self._conditional(packed, reply, scope, headers)
        sent, whole = await send_reply(packed, reply, method, send, partial(left, receive))
        seconds = time.perf_counter() - start
        self.metrics.count(packed, seconds)
        self.log.request(scope, packed, seconds, sent, reply, whole)

    def _conditional(
        self, packed: Packed, reply: Reply | None, scope: Scope, headers: Mapping[bytes, bytes]
    ) -> tuple[Packed, Reply | None]:
        """The response as the request's conditions and range ask (RFC 9110, 13 and 14)."""
        match, none_match = headers.get(b"if-match", b""), headers.get(b"if-none-match", b"")
        range_ = headers.get(b"range", b"")
        if headers.get(b"if-range", packed.etag) != packed.etag:  # of another representation, no part
            range_ = b""
        if match and packed.etag and not matches(match, packed.etag, weakly=False):
            found = ProblemError(412, "the representation is another one than If-Match names; ask for it anew")
            refused = _refusal(self._cached[0], found, scope, "")
            return pack(refused, packed.route, scope["path"], False), refused
        if none_match and matches(none_match, packed.etag):
            return unchanged(packed), None
        if range_ and reply is not None and reply.file is not None and packed.status == 200:
            size = reply.file.stat().st_size
            part = ranged(range_, size)
            return (packed if part is None else partly(packed, part, size)), reply
        return packed, reply

    async def _packed(self, cache: Cache, asked: Asked, route: str, reply: Reply, scope: Scope) -> tuple[Packed, Reply]:
        """A reply ready to be sent: from the cache where there is the same, else made, in a thread if that takes time.

        What is the same is told by the path, the type, the headers and the fields that matter, whatever else a client
        sent. One client has one page made at a time.
        """
        if asked[3] and reply.digest and reply.file is not None and (found := await self._gzip.of(reply.file)):
            headers = (*reply.headers, ("Content-Encoding", "gzip"))
            reply = reply._replace(file=found.path, digest=found.digest, headers=headers)
        compressed = asked[3] and reply.file is None
        keep = reply.cacheable and reply.file is None and scope["method"] in ("GET", "HEAD")
        key = (scope["path"], reply.status, reply.type, reply.headers, reply.fields, compressed)
        if keep and (packed := cache.get(key)) is not None:
            cache.remember(asked, key)
            return packed, reply
        make = partial(pack, reply, route, scope["path"], compressed)
        if isinstance(reply.body, bytes) and len(reply.body) < CHUNK:
            packed = make()
        else:
            try:
                async with self._making.of(client(scope)):
                    if not keep or (packed := cache.get(key)) is None:
                        packed = await asyncio.get_running_loop().run_in_executor(self._makers, make)
            except BusyError:
                busy = ProblemError(503, "you ask for more pages than are made at a time", [("Retry-After", "2")])
                reply = _refusal(self._cached[0], busy, scope, asked[2].decode("latin-1"))
                return pack(reply, route, scope["path"], False), reply
            except Exception as error:  # noqa: BLE001  (as in _handled: an error of our own becomes an answer)
                reply = _refusal(self._cached[0], self._failed(error), scope, asked[2].decode("latin-1"))
                return pack(reply, route, scope["path"], False), reply
        if keep:
            cache.put(key, packed)
            cache.remember(asked, key)
        return packed, reply

    def _failed(self, error: Exception) -> ProblemError:
        """What an error is to a client; one that nobody expected is noted."""
        if isinstance(error, ProblemError):
            return error
        if isinstance(error, ClientDisconnect):
            return ProblemError(400, "the client went away")
        if isinstance(error, KgError):
            found = problem(error)
            if isinstance(error, StoreError) and found.status == 503 and not found.members:
                self.log.event("store", str(error))
            return found
        self.log.event("failed", f"{type(error).__name__}: {error}")
        return ProblemError(500, "kg failed, and that is its own fault; please report what you asked")

    def _current(self) -> tuple[Opened, Cache]:
        """The current release with the responses made from it; a new release begins with none."""
        opened = self.follower.opened()
        if self.follower.fault != self._fault:
            self._fault = self.follower.fault
            self.log.event("release", self._fault or f"{opened.name} is served")
        if self._cached[0] is not opened:
            self._cached = opened, Cache()
            self._gzip.forget()
        return self._cached

    def _endpoint(self, scope: Scope) -> tuple[Endpoint, Scope]:
        """The first endpoint whose pattern an address matches, with what Starlette reads out of the address."""
        for endpoint in self._endpoints:
            match, found = endpoint.route.matches(scope)
            if match is not Match.NONE:
                return endpoint, found
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        if path.endswith("/") and path.strip("/") and scope["method"] in ("GET", "HEAD"):
            query = f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else ""
            place = f"{root_of(path.lstrip('/'))}{quote(path.strip('/'))}{query}"
            raise ProblemError(308, f"the address has no slash at its end: {place}", [("Location", place)])
        message = f"there is nothing at {scope['path'][:200]}; the addresses are in openapi.json and sitemap.xml"
        raise ProblemError(404, message)

    async def _handled(self, opened: Opened, scope: Scope, receive: Receive, accept: str) -> tuple[str, Reply]:
        """The pattern that an address matched, "-" for none, and the handler's reply; every error is a reply too."""
        pattern = "-"
        try:
            endpoint, found = self._endpoint(scope)
            pattern = endpoint.pattern
            return pattern, await endpoint(opened, self.pool, Received({**scope, **found}, receive))
        except Exception as error:  # noqa: BLE001  (the one place where an error of our own becomes an answer)
            return pattern, _refusal(opened, self._failed(error), scope, accept)


def _refusal(opened: Opened, found: ProblemError, scope: Scope, accept: str) -> Reply:
    """An error as a page for people and as problem+json for programs."""
    headers = (*found.headers, ("Access-Control-Allow-Methods", "GET, HEAD, POST, OPTIONS"))
    if "text/html" in accept and choose(accept, ("json", "html")) == "html":
        path = scope["path"].removeprefix(scope.get("root_path", "")).lstrip("/")
        root = root_of(path)
        return Reply(
            found.status, "text/html; charset=utf-8", error_page(opened, root, found.document(), path), headers
        )
    body = (json.dumps(found.document(), ensure_ascii=False) + "\n").encode()
    return Reply(found.status, "application/problem+json", body, headers)
