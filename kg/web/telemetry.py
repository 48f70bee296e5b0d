"""Telemetry: what the server tells of itself, one JSON log line per request and the metrics that Prometheus reads."""

import asyncio
import contextlib
import json
import logging
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote_to_bytes

from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.types import Scope

from kg.query.opened import Follower, Opened
from kg.query.pool import Pool
from kg.web.request import Request
from kg.web.response import Packed, Reply
from kg.web.settings import Options

BUCKETS = (0.001, 0.005, 0.025, 0.1, 0.5, 1.0, 5.0, 10.0)  # seconds


class Metrics(Collector):
    """What the server counts, for Prometheus to read at /metrics."""

    def __init__(self, pool: Pool, follower: Follower) -> None:
        self._pool, self._follower = pool, follower
        self._registry = CollectorRegistry()
        self._registry.register(self)
        names = ("route", "status")
        self._times = Histogram("kg_request_seconds", "Time to answer", names, buckets=BUCKETS, registry=self._registry)
        self._children: dict[tuple[str, int], Histogram] = {}  # which are quicker to find than by their labels

    def count(self, packed: Packed, seconds: float) -> None:
        """Count a response."""
        key = packed.route, packed.status
        if key not in self._children:
            self._children[key] = self._times.labels(packed.route, str(packed.status))
        self._children[key].observe(seconds)

    def collect(self) -> Iterator[Metric]:
        """What is not counted but asked for: the workers and the release."""
        pool, opened = self._pool, self._follower.opened()
        yield CounterMetricFamily("kg_workers_ended", "Workers ended for passing a limit, or lost", value=pool.ended)
        yield GaugeMetricFamily("kg_workers_busy", "Workers that answer a query", value=pool.busy)
        release = GaugeMetricFamily("kg_release", "The release that is served", labels=["release"])
        release.add_metric([opened.name], 1)
        yield release

    async def page(self, opened: Opened, pool: Pool, request: Request, name: str) -> Reply:
        """The metrics as Prometheus reads them."""
        return Reply(200, "text/plain; version=0.0.4; charset=utf-8", generate_latest(self._registry))


class Events(logging.Handler):
    """Warnings of libraries as events of a log."""

    def __init__(self, log: "Log") -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Note the first line of a warning."""
        self._log.event(record.name, record.getMessage().partition("\n")[0])


class Log:
    """One line of JSON a request, written together a few times a second."""

    def __init__(self, options: Options, write: Callable[[str], Any] = sys.stderr.write) -> None:
        self._options, self._write = options, write
        self._lines: list[str] = []

    def request(
        self, scope: Scope, packed: Packed, seconds: float, sent: int, reply: Reply | None, whole: bool = True
    ) -> None:
        """Note a request, and whether its answer was sent whole: no query and no address, unless the options ask."""
        more = "" if whole else ', "cut": true'
        if reply is not None and reply.seconds is not None:
            more += f', "query_ms": {reply.seconds * 1000:.1f}'
        if self._options.log_queries:
            text = unquote_to_bytes(scope["query_string"]).decode("utf-8", "replace")
            more += f', "query": {json.dumps(text)}'
        if self._options.log_addresses:
            more += f', "address": {json.dumps((scope.get("client") or ("",))[0])}'
        self._note(
            f'{{"time": {time.time():.3f}, "method": "{scope["method"]}", "path": {packed.path}, '
            f'"status": {packed.status}, "bytes": {sent}, "ms": {seconds * 1000:.2f}{more}}}\n'
        )

    def event(self, kind: str, text: str) -> None:
        """Note what happened to the server itself."""
        self._note(json.dumps({"time": round(time.time(), 3), "event": kind, "detail": text}) + "\n")

    def _note(self, line: str) -> None:
        if not self._lines:
            asyncio.get_running_loop().call_later(0.2, self.flush)
        self._lines.append(line)

    def handler(self) -> logging.Handler:
        """What turns the warnings of libraries into events, without tracebacks."""
        return Events(self)

    def flush(self) -> None:
        """Write what has been noted."""
        lines, self._lines = "".join(self._lines), []
        if lines:
            with contextlib.suppress(OSError):  # nobody reads the log any more
                self._write(lines)
