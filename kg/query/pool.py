"""Pool: the worker processes that queries run in, each ended and replaced when a query passes a limit."""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import sys
import time
from collections import Counter, deque
from pathlib import Path
from typing import Any, NamedTuple

from kg.errors import QueryError, StoreError, UnwritableError
from kg.query.process import Process, start
from kg.query.results import Answer, Limits, UnansweredError
from kg.query.worker import packed
from kg.stores.base import Endpoint


class Settings(NamedTuple):
    """How many workers there are, and what one query may take: seconds, rows and bytes of the answer, bytes of
    memory. `spool` is what all large answers together may take on disk, in bytes. `endpoint` is asked in the place of
    a release's own database."""

    workers: int
    timeout: float
    limits: Limits
    memory: int
    spool: int = 4 << 30
    endpoint: Endpoint | None = None


# Workers yield to all else from their first moment on, not only once they have loaded what they need; where there is no
# `nice`, a worker does it itself.
_YIELDING = ("nice", "-n", "19") if shutil.which("nice") else ()


_AT_ONCE = 0.5  # seconds within which a worker that is lost was lost before it had read the query


class Pool:
    """Worker processes, started by `start` and ended by `stop`; `ask` has one of them answer a job."""

    def __init__(self, settings: Settings, spool: Path) -> None:
        self.settings = settings
        self.ended = 0
        self._spool = spool
        self._idle: deque[Process] = deque()
        self._waiting: deque[tuple[str, asyncio.Future[Process]]] = deque()
        self._busy: dict[Process, str] = {}
        self._share = max(1, settings.workers - 1)  # what one client may have at a time
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopped = asyncio.Event()

    @property
    def busy(self) -> int:
        """How many workers answer a query."""
        return len(self._busy)

    @property
    def alive(self) -> int:
        """How many workers there are that can answer one."""
        return sum(process.returncode is None for process in (*self._idle, *self._busy))

    async def start(self) -> None:
        """Start the workers."""
        await asyncio.gather(*(self._add() for _ in range(self.settings.workers)))

    async def stop(self) -> None:
        """End the workers."""
        self._stopped.set()
        await asyncio.gather(*self._tasks)
        for process in (*self._idle, *self._busy):
            process.kill()
        await asyncio.gather(*(process.wait() for process in (*self._idle, *self._busy)))

    async def ask(self, job: dict[str, Any], client: str = "") -> Answer:
        """The answer to a job of `kg.query.worker`; a client has all workers but one at a time, and waits for its turn.

        Raises QueryError where the query is at fault and UnansweredError where a limit was passed or no worker came
        free within the time a query may take. If something else ended the worker, another one answers it; where the
        query had run for a while, once, since a query that ends its workers is not to end them all.
        """
        for left in range(self.settings.workers, -1, -1):
            start = time.perf_counter()
            try:
                return await self._ask(job, client)
            except UnansweredError as error:
                if error.reason != "lost" or not left:
                    raise
            if time.perf_counter() - start > _AT_ONCE:
                break
        return await self._ask(job, client)

    def forget(self, answer: Answer) -> None:
        """Delete the file of an answer that nobody takes."""
        if answer.file:
            answer.file.unlink(missing_ok=True)

    async def _ask(self, job: dict[str, Any], client: str) -> Answer:
        process = await self._free(client)
        start, killed = time.perf_counter(), _oom_kills()
        clean = False
        try:
            async with asyncio.timeout(self.settings.timeout):
                head, body = await _exchange(process, {**job, "endpoint": self.settings.endpoint})
            clean = True
        except TimeoutError:
            message = f"the query took more than {self.settings.timeout:g} s and was stopped; narrow it, or add a LIMIT"
            raise UnansweredError("time", message) from None
        except (asyncio.IncompleteReadError, OSError, RuntimeError):  # RuntimeError: uvloop, of a pipe that has closed
            raise await self._lost(process, killed) from None
        finally:
            self._release(process, clean)
        answer = _handed_over(_answer(head, body, time.perf_counter() - start))
        if answer.file and self._spooled() > self.settings.spool:
            self.forget(answer)
            raise UnansweredError("busy", "too many large answers are being sent; try again in a while")
        return answer

    def _spooled(self) -> int:
        """The bytes of all answers that are not sent yet."""
        sizes = []
        for path in self._spool.iterdir():
            with contextlib.suppress(OSError):
                sizes.append(path.stat().st_size)
        return sum(sizes)

    async def _free(self, client: str) -> Process:
        """A worker with nothing to do, which is then busy with a client's query."""
        future: asyncio.Future[Process] = asyncio.get_running_loop().create_future()
        self._waiting.append((client, future))
        self._hand_out()
        try:
            async with asyncio.timeout(self.settings.timeout):
                return await future
        except (TimeoutError, asyncio.CancelledError) as error:
            if future.done() and not future.cancelled():  # a worker came free in the same moment
                self._busy.pop(future.result(), None)
                self._idle.append(future.result())
                self._hand_out()
            if isinstance(error, asyncio.CancelledError):
                raise
            raise UnansweredError("busy", "every worker is busy with other queries; try again in a while") from None

    def _release(self, process: Process, clean: bool) -> None:
        self._busy.pop(process, None)
        if clean:
            self._idle.append(process)
        else:
            self.ended += 1
            process.kill()
            task = asyncio.get_running_loop().create_task(self._replace(process))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        self._hand_out()

    async def _replace(self, process: Process) -> None:
        """Start a worker in the place of one that has ended, trying again for as long as that fails."""
        await process.wait()
        for path in self._spool.glob(f"{process.pid}-*"):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
        pause = 0.05
        while not self._stopped.is_set():
            try:
                await self._add()
                return
            except OSError:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stopped.wait(), pause)
                pause = min(2 * pause, 5.0)

    def _hand_out(self) -> None:
        """Give idle workers to those that wait: to the client that has the fewest, first to whoever waited longest."""
        self._waiting = deque(entry for entry in self._waiting if not entry[1].done())
        while self._idle and self._waiting:
            have = Counter(self._busy.values())
            client, future = min(self._waiting, key=lambda entry: have[entry[0]])
            if have[client] >= self._share:
                return
            process = self._idle.pop()
            if process.returncode is not None:  # it has ended while it had nothing to do
                self._release(process, clean=False)
                return
            self._waiting.remove((client, future))
            self._busy[process] = client
            future.set_result(process)

    async def _add(self) -> None:
        settings = self.settings
        numbers = (settings.timeout, settings.limits.rows, settings.limits.bytes, settings.memory)
        command = (
            *_YIELDING,
            sys.executable,
            "-P",  # what lies in the folder that the server was started in is not imported
            "-m",
            "kg.query.worker",
            *map(str, numbers),
            str(self._spool),
        )
        process = await start(command)
        self._idle.append(process)
        self._hand_out()

    async def _lost(self, process: Process, killed: int) -> UnansweredError:
        """Why a worker ended of itself: out of memory the engine aborts or the system kills it; else from outside.

        `killed` is how many processes the system had killed for memory before.
        """
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), 1)
        if process.returncode in (-signal.SIGABRT, -signal.SIGSEGV) or _oom_kills() > killed:
            return UnansweredError("memory", "the query needs more memory than it may have; narrow it")
        return UnansweredError("lost", "the worker that answered the query was ended; try again")


async def _exchange(process: Process, job: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    process.stdin.write(packed(job))
    await process.stdin.drain()
    size = int.from_bytes(await process.stdout.readexactly(4), "big")
    head = json.loads(await process.stdout.readexactly(size))
    return head, await process.stdout.readexactly(head["size"])


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


def _handed_over(answer: Answer) -> Answer:
    """An answer whose file is no longer the worker's, which would take it along when it ends."""
    return (
        answer._replace(file=answer.file.rename(answer.file.with_name(f"sent-{answer.file.name}")))
        if answer.file
        else answer
    )


def _oom_kills() -> int:
    """How many processes the system has killed for memory here (cgroup v2); 0 where it does not tell."""
    try:
        said = Path("/sys/fs/cgroup/memory.events").read_text(encoding="ascii")
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in said.splitlines() if line.startswith("oom_kill "))


def memory_of_a_worker(workers: int) -> int:
    """The bytes of memory that each of so many workers may have: a share of four fifths of all, at most 2 GiB.

    What there is, a cgroup says (v2, v1), or else the machine.
    """
    found = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for path in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        with contextlib.suppress(OSError, ValueError):
            found.append(int(Path(path).read_text(encoding="ascii")))
    return max(256 << 20, min(2 << 30, min(found) * 4 // 5 // workers))
