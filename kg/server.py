"""Server: the ASGI application that puts a release on the web, and the process that runs it.

Front       one request in, one response out: cache, conditional requests, HEAD, log, metrics
  Endpoint  a handler of kg.routes, which sees a Request and gives a Reply
    Pool    worker processes, for whatever is asked with SPARQL
"""

import asyncio
import json
import logging
import os
import re
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import uvicorn
from starlette.requests import ClientDisconnect
from starlette.requests import Request as Received
from starlette.routing import Route, Router
from starlette.types import Message, Receive, Scope, Send

from kg import pages, routes
from kg.connection import PATIENCE, Connection, sweep
from kg.errors import KgError, StoreError
from kg.live import Follower, Live, Packed
from kg.media import choose, takes_gzip
from kg.pool import Pool, Settings
from kg.requests import Handler, Request
from kg.responses import ProblemError, Reply, matches, pack, problem, unchanged
from kg.watch import Log, Metrics, Options

SLOWEST = 30.0  # seconds for a client to take CHUNK bytes
CHUNK = 1 << 16
_HOST = re.compile(r"[A-Za-z0-9.-]+(:\d+)?|\[[0-9A-Fa-f:.]+\](:\d+)?")
METHODS = ("GET", "HEAD", "OPTIONS")


class Endpoint:
    """A handler as Starlette routes to it: what it answers is left in the scope, for Front to send."""

    def __init__(self, pattern: str, handler: Handler, front: "Front") -> None:
        self._pattern, self._handler, self._front = pattern, handler, front
        self._methods = (*METHODS, "POST") if handler in routes.POST else METHODS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["kg.route"] = self._pattern
        received = Received(scope, receive)
        if received.method not in self._methods:
            allowed = ", ".join(self._methods)
            raise ProblemError(405, f"{received.method} is not answered here; {allowed} are", [("Allow", allowed)])
        if received.method == "OPTIONS":
            scope["kg.reply"] = _preflight(self._methods)
            return
        name = scope["path_params"].get(
            "name", received.scope["path"].removeprefix(scope.get("root_path", "")).lstrip("/")
        )
        if "\0" in name or "\ufffd" in name:
            raise ProblemError(404, "the address holds a NUL or is not UTF-8")
        scope["kg.reply"] = await self._handler(scope["kg.live"], self._front.pool, _request(received), name)


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
        raise ProblemError(400, "the Host header is no host and port")
    path = received.scope["path"].removeprefix(received.scope.get("root_path", ""))
    return Request(
        received.method,
        path.lstrip("/"),
        received.scope["query_string"],
        ", ".join(headers.getlist("accept")),
        headers.get("content-type", ""),
        headers.get("content-encoding", "").strip().lower(),
        root_of(path),
        str(received.base_url),
        read,
        gone,
    )


def root_of(path: str) -> str:
    """What leads from an address to the root of the site.

    >>> root_of("/"), root_of("/id/kofi-annan"), root_of("/reconcile/suggest/type")
    ('./', '../', '../../')
    """
    return "../" * (path.count("/") - 1) or "./"


class Front:
    """The application: answers from the cache or from the handlers, and notes what it answered."""

    def __init__(self, build: Path, settings: Settings, spool: Path, log: "Log") -> None:
        self.follower = Follower(build)
        self.pool = Pool(settings, spool)
        self.connections: Iterable[Any] = ()
        self.log, self._fault = log, ""
        self.metrics = Metrics(self.pool, self.follower)
        endpoints = [Route(pattern, Endpoint(pattern, handler, self)) for pattern, handler in routes.ROUTES.items()]
        self._router = Router([*endpoints, Route("/metrics", self.metrics)], redirect_slashes=False, default=_nothing)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
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
        live = self.follower.live()
        if self.follower.fault != self._fault:
            self._fault = self.follower.fault
            self.log.event("release", self._fault or f"{live.name} is served")
        method = scope["method"]
        key = (scope["raw_path"], scope["query_string"], accept, compressed)
        packed = live.cache.get(key) if method in ("GET", "HEAD") and hosts < 2 else None
        reply: Reply | None = None
        if packed is None:
            reply = await self._handled(live, scope, receive, accept.decode("latin-1"))
            packed = pack(reply, scope.get("kg.route", "-"), scope["path"], compressed and reply.file is None)
            if reply.lasting and method in ("GET", "HEAD") and reply.file is None:
                live.cache.put(key, packed)
        if none_match and method in ("GET", "HEAD") and matches(none_match, packed.etag):
            packed, reply = unchanged(packed), None
        sent = await _send(packed, reply, method, send)
        seconds = time.perf_counter() - start
        self.metrics.count(packed, seconds)
        self.log.request(scope, packed, seconds, sent, reply)

    async def _handled(self, live: Live, scope: Scope, receive: Receive, accept: str) -> Reply:
        """What the handlers answer; every error is a reply too."""
        scope["kg.live"] = live
        try:
            await self._router(scope, receive, _unsent)
            reply: Reply = scope["kg.reply"]
            return reply
        except ProblemError as error:
            found = error
        except KgError as error:
            found = problem(error)
            if isinstance(error, StoreError) and found.status == 503 and not found.members:
                self.log.event("store", str(error))
        except ClientDisconnect:
            found = ProblemError(400, "the client went away")
        except Exception as error:  # noqa: BLE001  (the one place where an error of our own becomes an answer)
            self.log.event("failed", f"{type(error).__name__}: {error}")
            found = ProblemError(500, "kg failed, and that is its own fault; please report what you asked")
        return _refusal(live, found, scope, accept)


def _refusal(live: Live, found: ProblemError, scope: Scope, accept: str) -> Reply:
    """An error as a page for people and as problem+json for programs."""
    headers = (*found.headers, ("Access-Control-Allow-Methods", "GET, HEAD, POST, OPTIONS"))
    if "text/html" in accept and choose(accept, ("json", "html")) == "html":
        root = root_of(scope["path"].removeprefix(scope.get("root_path", "")))
        return Reply(found.status, "text/html; charset=utf-8", pages.error(live, root, found.document()), headers)
    body = (json.dumps(found.document(), ensure_ascii=False) + "\n").encode()
    return Reply(found.status, "application/problem+json", body, headers)


async def _nothing(scope: Scope, receive: Receive, send: Send) -> None:
    raise ProblemError(
        404, f"there is nothing at {scope['path'][:200]}; the addresses are in openapi.json and sitemap.xml"
    )


async def _unsent(message: Message) -> None:
    raise AssertionError("a handler sends nothing itself")


async def _send(packed: Packed, reply: Reply | None, method: str, send: Send) -> int:
    """Send a response, a file in chunks, each within SLOWEST; how many bytes of body went out."""
    await send({"type": "http.response.start", "status": packed.status, "headers": packed.headers})
    if reply is None or reply.file is None or method == "HEAD":
        if reply is not None and reply.passing and reply.file is not None:
            reply.file.unlink()
        body = b"" if method == "HEAD" else packed.body
        await send({"type": "http.response.body", "body": body})
        return len(body)
    sent = 0
    with reply.file.open("rb") as file:
        if reply.passing:
            reply.file.unlink()
        while part := file.read(CHUNK):
            async with asyncio.timeout(SLOWEST):
                await send({"type": "http.response.body", "body": part, "more_body": True})
            sent += len(part)
    await send({"type": "http.response.body", "body": b""})
    return sent


def _sweep(folder: Path) -> None:
    """Delete what servers that were killed left behind."""
    for path in folder.glob("kg-serve-*-*"):
        pid = path.name.split("-")[2]
        if pid.isdigit() and not Path(f"/proc/{pid}").exists() and Path("/proc/self").exists():
            shutil.rmtree(path, ignore_errors=True)


def serve(build: Path, settings: Settings, options: Options, ready: Callable[[str], None]) -> None:
    """Serve the current release of a build folder until SIGTERM or SIGINT, then answer what has been asked and end.

    `ready` is told the address. Raises StoreError where nothing has been built or the address is taken.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 65_536)), hard))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # uvicorn drains, and then raises it once more
    _sweep(Path(tempfile.gettempdir()))
    with tempfile.TemporaryDirectory(prefix=f"kg-serve-{os.getpid()}-") as spool:
        front = Front(build, settings, Path(spool), Log(options))
        config = uvicorn.Config(
            front,
            host=options.host,
            port=options.port,
            root_path=options.root_path.rstrip("/"),
            proxy_headers=options.proxy_headers,
            http=Connection,
            ws="none",
            access_log=False,
            log_level="warning",
            log_config=None,
            server_header=False,
            date_header=True,
            timeout_keep_alive=int(PATIENCE),
            timeout_graceful_shutdown=int(settings.timeout) + 5,
            backlog=2048,
        )
        config.load()
        try:
            bound = config.bind_socket()
        except SystemExit:
            raise StoreError(
                f"{options.host}:{options.port} cannot be listened on; choose another --host or --port"
            ) from None
        host, port = bound.getsockname()[:2]
        ready(f"http://{f'[{host}]' if ':' in host else host}:{port}{config.root_path}/")
        logging.getLogger("uvicorn").addHandler(front.log.handler())
        server = uvicorn.Server(config)
        front.connections = server.server_state.connections
        server.run(sockets=[bound])
