"""Pool: the worker processes that queries run in, each ended and replaced when a query passes a limit."""

import asyncio
import contextlib
import json
import signal
import sys
import time
from collections import deque
from pathlib import Path
from typing import Any, NamedTuple

from kg.errors import QueryError, StoreError, UnwritableError
from kg.query.results import Answer, Limits, UnansweredError
from kg.query.worker import packed


class Settings(NamedTuple):
    """How many workers there are, and what one query may take: seconds, rows and bytes of the answer, bytes of
    memory."""

    workers: int
    timeout: float
    limits: Limits
    memory: int


class Pool:
    """Worker processes, started by `start` and ended by `stop`; `ask` has one of them answer a job."""

    def __init__(self, settings: Settings, spool: Path) -> None:
        self.settings = settings
        self.ended = 0
        self._spool = spool
        self._idle: deque[asyncio.subprocess.Process] = deque()
        self._waiting: deque[asyncio.Future[asyncio.subprocess.Process]] = deque()
        self._busy: set[asyncio.subprocess.Process] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopped = False

    @property
    def busy(self) -> int:
        """How many workers answer a query."""
        return len(self._busy)

    async def start(self) -> None:
        """Start the workers."""
        await asyncio.gather(*(self._add() for _ in range(self.settings.workers)))

    async def stop(self) -> None:
        """End the workers."""
        self._stopped = True
        await asyncio.gather(*self._tasks)
        for process in (*self._idle, *self._busy):
            _kill(process)
        await asyncio.gather(*(process.wait() for process in (*self._idle, *self._busy)))

    async def ask(self, job: dict[str, Any]) -> Answer:
        """The answer to a job of `kg.query.worker`.

        Raises QueryError where the query is at fault and UnansweredError where a limit was passed or no worker came
        free within the time a query may take. If something else ended the worker, another one
        answers it.
        """
        for _ in range(self.settings.workers):
            try:
                return await self._ask(job)
            except UnansweredError as error:
                if error.reason != "lost":
                    raise
        return await self._ask(job)

    async def _ask(self, job: dict[str, Any]) -> Answer:
        process = await self._free()
        start = time.perf_counter()
        clean = False
        try:
            async with asyncio.timeout(self.settings.timeout):
                head, body = await _exchange(process, job)
            clean = True
        except TimeoutError:
            message = f"the query took more than {self.settings.timeout:g} s and was stopped; narrow it, or add a LIMIT"
            raise UnansweredError("time", message) from None
        except (asyncio.IncompleteReadError, OSError, RuntimeError):  # RuntimeError: uvloop, of a pipe that has closed
            raise await self._lost(process) from None
        finally:
            self._release(process, clean)
        return _answer(head, body, time.perf_counter() - start)

    async def _free(self) -> asyncio.subprocess.Process:
        """A worker with nothing to do, which is then busy."""
        if self._idle:
            process = self._idle.pop()
        else:
            future: asyncio.Future[asyncio.subprocess.Process] = asyncio.get_running_loop().create_future()
            self._waiting.append(future)
            try:
                async with asyncio.timeout(self.settings.timeout):
                    process = await future
            except (TimeoutError, asyncio.CancelledError) as error:
                if future.done() and not future.cancelled():  # a worker came free in the same moment
                    self._hand_on(future.result())
                if isinstance(error, asyncio.CancelledError):
                    raise
                raise UnansweredError("busy", "every worker is busy with other queries; try again in a while") from None
        self._busy.add(process)
        return process

    def _release(self, process: asyncio.subprocess.Process, clean: bool) -> None:
        self._busy.discard(process)
        if clean:
            self._hand_on(process)
            return
        self.ended += 1
        _kill(process)
        task = asyncio.get_running_loop().create_task(self._replace(process))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _replace(self, process: asyncio.subprocess.Process) -> None:
        if not self._stopped:
            await self._add()
        await process.wait()

    def _hand_on(self, process: asyncio.subprocess.Process) -> None:
        """Give a worker to whoever has waited longest, or let it wait."""
        while self._waiting:
            future = self._waiting.popleft()
            if not future.done():
                future.set_result(process)
                return
        self._idle.append(process)

    async def _add(self) -> None:
        settings = self.settings
        numbers = (settings.timeout, settings.limits.rows, settings.limits.bytes, settings.memory)
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",  # what lies in the folder that the server was started in is not imported
            "-m",
            "kg.query.worker",
            *map(str, numbers),
            str(self._spool),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C at a terminal is for the server, which then drains
        )
        self._hand_on(process)

    async def _lost(self, process: asyncio.subprocess.Process) -> UnansweredError:
        """Why a worker ended of itself: out of memory the engine aborts; anything else came from outside."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), 1)
        if process.returncode in (-signal.SIGABRT, -signal.SIGSEGV):
            return UnansweredError("memory", "the query needs more memory than it may have; narrow it")
        return UnansweredError("lost", "the worker that answered the query was ended; try again")


async def _exchange(process: asyncio.subprocess.Process, job: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    given, answered = process.stdin, process.stdout
    if given is None or answered is None:  # they are pipes; the types cannot tell
        raise OSError("the worker has no pipes")
    given.write(packed(job))
    await given.drain()
    size = int.from_bytes(await answered.readexactly(4), "big")
    head = json.loads(await answered.readexactly(size))
    return head, await answered.readexactly(head["size"])


def _answer(head: dict[str, Any], body: bytes, seconds: float) -> Answer:
    if error := head.get("error"):
        if error["kind"] == "memory":
            raise UnansweredError("memory", error["message"])
        if error["kind"] == "store":
            raise StoreError(error["message"])
        if error["kind"] == "unwritable":
            raise UnwritableError(error["message"])
        raise QueryError(error["message"], error["kind"], error["line"], error["column"])
    return Answer(head["format"], head["kind"], body, Path(head["file"]) if "file" in head else None, seconds)


def _kill(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.kill()
