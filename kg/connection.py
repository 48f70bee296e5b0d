"""Connection: one client's, which may not keep the server waiting."""

import asyncio
from collections.abc import Iterable
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

PATIENCE = 10.0  # seconds for a client to send the head of a request, or its body
MAX_HEAD = 1 << 16


class Connection(HttpToolsProtocol):
    """A connection that notes since when it waits for a client, and takes no large head of a request."""

    since = 0.0
    left = 0  # bytes that the client had not taken at the last look
    _head = 0  # bytes of the head so far
    _unread = 0  # bytes received since the last part of a message

    @property
    def waits(self) -> bool:
        """Whether it is the client's turn: no request has come, or the last one is answered."""
        return self.cycle is None or self.cycle.response_complete

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request."""
        super().connection_made(transport)
        self.since = self.loop.time()

    def data_received(self, data: bytes) -> None:
        """End a connection that sends on and on what is no part of a message yet."""
        self._unread += len(data)
        super().data_received(data)
        if self._unread > MAX_HEAD and not self.transport.is_closing():
            self.send_400_response("The head of the request is too large.")

    def on_message_begin(self) -> None:
        """Begin to count the head of a request."""
        self._head = 0
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """Count the address."""
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Count a header, also one that comes after a body in chunks."""
        self._count(len(name) + len(value))
        super().on_header(name, value)

    def on_body(self, body: bytes) -> None:
        """What belongs to a body is counted by whoever reads it."""
        self._unread = 0
        super().on_body(body)

    def _count(self, size: int) -> None:
        self._unread = 0
        self._head += size
        if self._head > MAX_HEAD:  # told by the parser as a request that is none: 400
            raise ValueError("too large a head")

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        self.since = self.loop.time()
        super().on_response_complete()


async def sweep(connections: Iterable[Any]) -> None:
    """End the connections whose client has kept them waiting for PATIENCE, again and again.

    A client that still takes an answer, if slowly, is not kept waiting for.
    """
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(1)
        for connection in tuple(connections):
            left = connection.transport.get_write_buffer_size()
            if left < connection.left:
                connection.since = loop.time()
            connection.left = left
            if connection.waits and loop.time() - connection.since > PATIENCE:
                connection.transport.abort()
