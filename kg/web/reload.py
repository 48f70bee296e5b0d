"""Reload: open pages are told of a new release as soon as it is there, by server-sent events."""

import asyncio
from collections.abc import Callable
from typing import Any

from starlette.types import Receive, Scope, Send

from kg.pages import render
from kg.query.opened import Follower

EVENTS, SCRIPT = "/events", "/static/site.js"
EVERY = 0.1  # seconds between two looks
ALIVE = 10.0  # seconds after which a client is told that nothing has happened, lest it or a proxy gives up


class Reload:
    """An application that answers at EVENTS with the names of releases, as each becomes current, until `ending` says
    so; and at SCRIPT with the pages' script that listens to them.
    """

    def __init__(self, follower: Follower) -> None:
        self._follower = follower
        self.ending: Callable[[], bool] = lambda: False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"].endswith(SCRIPT):
            body = b"".join(found[1] for name in ("site.js", "reload.js") if (found := render.static(name)))
            await _begin(send, "text/javascript; charset=utf-8", [(b"content-length", str(len(body)).encode())])
            await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
            return
        await _begin(send, "text/event-stream", [])
        gone = asyncio.create_task(_gone(receive))
        name, waited = "", 0.0
        while not gone.done() and not self.ending():
            current = self._follower.opened().name
            if current != name or waited >= ALIVE:
                line = f"data: {current}\n\n" if current != name else ":\n\n"
                await send({"type": "http.response.body", "body": line.encode(), "more_body": True})
                name, waited = current, 0.0
            await asyncio.sleep(EVERY)
            waited += EVERY
        gone.cancel()
        await send({"type": "http.response.body", "body": b""})


async def _begin(send: Send, media_type: str, headers: list[tuple[bytes, bytes]]) -> None:
    said = [(b"content-type", media_type.encode()), (b"cache-control", b"no-store"), *headers]
    await send({"type": "http.response.start", "status": 200, "headers": said})


async def _gone(receive: Receive) -> Any:
    """Wait until a client is gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
