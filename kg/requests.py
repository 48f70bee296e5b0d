"""Requests: what handlers see of one, and what they all do with it: choose a format, ask a worker, link the others."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, NamedTuple
from urllib.parse import quote

from kg.export import write
from kg.live import Live
from kg.media import MEDIA, SUFFIXES, choose
from kg.pool import Answer, Pool
from kg.protocol import Fields, fields, one
from kg.responses import ProblemError, Reply
from kg.worker import Job


class Request(NamedTuple):
    """What a handler sees of a request: path below the root, query string, the headers that matter, the body's reader.

    `root` leads from the address to the root of the site ("./", "../", ...); `url` is the site's address as the client
    sees it. `read` gives the body up to so many bytes, `gone` comes back once the client has gone away.
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

    @property
    def fields(self) -> Fields:
        """The fields of the query string."""
        return fields(self.query_string)


def negotiated(request: Request, offered: Iterable[str], suffix: str = "") -> str:
    """The format to answer in: what the path's ending says, or else the field `format`, or else Accept.

    ProblemError 406 where that is none of the offered ones.
    """
    offered = tuple(offered)
    asked = suffix.lstrip(".") or one(request.fields, "format")
    if asked:
        found = SUFFIXES.get(f".{asked}") or next(
            (n for n in MEDIA if asked in (n, MEDIA[n].type, *MEDIA[n].also)), None
        )
    else:
        found = choose(request.accept, offered)
    if found not in offered:
        types = ", ".join(MEDIA[name].type for name in offered)
        raise ProblemError(
            406,
            f"nothing here is {asked or request.accept}; there is {types}",
            offered=[MEDIA[n].type for n in offered],
        )
    return found


def split(name: str) -> tuple[str, str]:
    """A path's last part without and with its ending, where the ending is a format's.

    >>> split("kofi-annan.ttl"), split("v1.2")
    (('kofi-annan', '.ttl'), ('v1.2', ''))
    """
    stem, dot, suffix = name.rpartition(".")
    return (stem, f".{suffix}") if dot and f".{suffix}" in SUFFIXES else (name, "")


async def ask(pool: Pool, request: Request, job: Job) -> Answer:
    """What a worker answers; the worker is ended where the client does not wait for it."""
    answer, gone = asyncio.ensure_future(pool.ask(job)), asyncio.ensure_future(request.gone())
    try:
        await asyncio.wait((answer, gone), return_when=asyncio.FIRST_COMPLETED)
        if not answer.done():
            raise ProblemError(400, "the client went away")
        return answer.result()
    finally:
        answer.cancel()
        gone.cancel()


def alternates(stem: str, offered: Iterable[str]) -> tuple[str, str]:
    """A Link header that leads to each format of a document (RFC 8288)."""
    links = (f'<{quote(stem)}{MEDIA[name].suffix}>; rel="alternate"; type="{MEDIA[name].type}"' for name in offered)
    return "Link", ", ".join(links)


def written(live: Live, items: Iterable[Any], kind: str, more: dict[str, str] | None = None) -> bytes:
    """Quads or triples in a format of RDF."""
    return write(items, kind, {**live.prefixes, **(more or {})}, live.context)


def as_json(value: Any, lasting: bool = False, type_: str = "application/json") -> Reply:
    """A reply in JSON."""
    return Reply(200, type_, (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode(), lasting=lasting)


def unknown(name: str) -> ProblemError:
    """The error that the graph does not know a name."""
    return ProblemError(404, f"the graph knows nothing called {name[:80]!r}; search for it, or take it from a list")


# What answers an address: given the release, the workers, the request, and the name in the path or the whole path.
Handler = Callable[[Live, Pool, Request, str], Awaitable[Reply]]
