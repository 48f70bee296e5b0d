"""Shares: how much of the work of a server one client may have at a time, so that no client slows another."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

WAITING = 100  # requests of one client that wait for their turn


class BusyError(Exception):
    """A client asks for more than its share, and has waited too long or too often."""


class Shares:
    """Turns of clients: each may have `most` at a time, and wait for one as long as `patience` seconds."""

    def __init__(self, most: int, patience: float) -> None:
        self._most, self._patience = most, patience
        self._turns: dict[str, tuple[asyncio.Semaphore, list[int]]] = {}

    @asynccontextmanager
    async def of(self, client: str) -> AsyncIterator[None]:
        """A turn of a client; BusyError where it does not come."""
        turn, waiting = self._turns.setdefault(client, (asyncio.Semaphore(self._most), [0]))
        if waiting[0] >= WAITING:
            raise BusyError
        waiting[0] += 1
        try:
            try:
                async with asyncio.timeout(self._patience):
                    await turn.acquire()
            except TimeoutError:
                raise BusyError from None
            try:
                yield
            finally:
                turn.release()
        finally:
            waiting[0] -= 1
            if not waiting[0]:
                self._turns.pop(client, None)
