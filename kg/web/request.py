"""Request: what handlers see of one, and what they all do with it."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, NamedTuple

from kg.query.opened import Opened
from kg.query.pool import Pool
from kg.query.results import Answer
from kg.query.worker import Job
from kg.rdf.serialize import write
from kg.web.response import ProblemError, Reply
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


def written(opened: Opened, items: Iterable[Any], kind: str, more: dict[str, str] | None = None) -> bytes:
    """Quads or triples in a format of RDF."""
    return write(items, kind, {**opened.prefixes, **(more or {})}, opened.context)


def as_json(value: Any, cacheable: bool = False, type_: str = "application/json") -> Reply:
    """A reply in JSON."""
    return Reply(200, type_, (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode(), cacheable=cacheable)


def unknown(name: str) -> ProblemError:
    """The error that the graph does not know a name."""
    return ProblemError(404, f"the graph knows nothing called {name[:80]!r}; search for it, or take it from a list")


# What answers an address: given the release, the workers, the request, and the name in the path or the whole path.
Handler = Callable[[Opened, Pool, Request, str], Awaitable[Reply]]
