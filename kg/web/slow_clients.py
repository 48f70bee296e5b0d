"""Slow clients: a connection whose client may not keep the server waiting."""

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
    _headed = False  # whether the head of the request is whole
    _unread = 0  # bytes received since the last head or piece of a body

    @property
    def waits(self) -> bool:
        """Whether it is the client's turn: no request has come, or the last one is answered."""
        return self.cycle is None or self.cycle.response_complete

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begin to wait for a request."""
        super().connection_made(transport)
        self.since = self.loop.time()

    def data_received(self, data: bytes) -> None:
        """Close a connection that never completes a request header."""
        self._unread += len(data)
        super().data_received(data)
        if self._unread > MAX_HEAD and not self.transport.is_closing():
            self.send_400_response("The head of the request is too large.")

    def on_message_begin(self) -> None:
        """A request begins."""
        self._headed = False
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header; what comes behind a body, a trailer, is none (RFC 9110, 6.5)."""
        if not self._headed:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """A head is whole."""
        self._unread, self._headed = 0, True
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """What belongs to a body is counted by whoever reads it."""
        self._unread = 0
        super().on_body(body)

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
