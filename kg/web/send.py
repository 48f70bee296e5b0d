"""Send: a response on its way to a client that may be slow, and may leave."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.types import Receive, Send

from kg.web.response import Packed, Reply

SLOWEST = 30.0  # seconds for a client to take CHUNK bytes


CHUNK = 1 << 16


Gone = Callable[[], Awaitable[None]]


async def left(receive: Receive) -> None:
    """Comes back once the client has gone away."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def send_reply(packed: Packed, reply: Reply | None, method: str, send: Send, gone: Gone) -> tuple[int, bool]:
    """Send a response, a file in chunks; how many bytes of body went out, and whether those are all.

    A client may be slow, but takes CHUNK bytes within SLOWEST.
    """
    file = reply.file if reply is not None else None
    try:
        await send({"type": "http.response.start", "status": packed.status, "headers": packed.headers})
        if file is None or method == "HEAD":
            body = b"" if method == "HEAD" else packed.body
            await send({"type": "http.response.body", "body": body})
            return len(body), True
        return await _send_file(file, packed.part, send, gone)
    finally:
        if reply is not None and reply.temporary and file is not None:
            file.unlink(missing_ok=True)


async def _send_file(path: Path, part: tuple[int, int], send: Send, gone: Gone) -> tuple[int, bool]:
    start, end = part
    sent = 0
    left = asyncio.ensure_future(gone())
    try:
        with path.open("rb") as file:
            file.seek(start)
            while (chunk := file.read(min(CHUNK, end - start - sent))) and not left.done():
                async with asyncio.timeout(SLOWEST):
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
                sent += len(chunk)
        if left.done():
            return sent, False
        await send({"type": "http.response.body", "body": b""})
        return sent, True
    except (TimeoutError, OSError):
        return sent, False
    finally:
        left.cancel()
