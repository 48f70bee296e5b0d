"""Shares: how much of the work of a server one client may have at a time, so that no client slows another."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

LONG = 0.03  # seconds


WAITING = 100  # requests of one client that wait for their turn


class BusyError(Exception):
    """A client asks for more than its share, and has waited too long or too often."""


class _Turn:
    """The turns of one client, and how many of its requests hold or wait for one."""

    def __init__(self, most: int) -> None:
        self.free = asyncio.Semaphore(most)
        self.requests = 0


class Shares:
    """Turns of clients: each may have `most` at a time, and wait for one as long as `patience` seconds.

    A turn of more than LONG comes back after as long a rest, so that who always asks for much has half of the time.
    """

    def __init__(self, most: int, patience: float) -> None:
        self._most, self._patience = most, patience
        self._turns: dict[str, _Turn] = {}

    @asynccontextmanager
    async def of(self, client: str) -> AsyncIterator[None]:
        """A turn of a client; BusyError where it does not come."""
        turn = self._turns.setdefault(client, _Turn(self._most))
        if turn.requests >= WAITING:
            raise BusyError
        turn.requests += 1
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._patience):
                await turn.free.acquire()
        except (TimeoutError, asyncio.CancelledError) as error:
            self._leave(client, turn)
            if isinstance(error, asyncio.CancelledError):
                raise
            raise BusyError from None
        start = loop.time()
        try:
            yield
        finally:
            if (took := loop.time() - start) > LONG:
                loop.call_later(took, self._give_back, client, turn)
            else:
                self._give_back(client, turn)

    def _give_back(self, client: str, turn: _Turn) -> None:
        turn.free.release()
        self._leave(client, turn)

    def _leave(self, client: str, turn: _Turn) -> None:
        turn.requests -= 1
        if not turn.requests:
            self._turns.pop(client, None)
