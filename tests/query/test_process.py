"""A process with pipes in an event loop: spoken to, ended, waited for, and never started by halves."""

import os
import signal
import sys

import pytest

from kg.query.process import start
from tests.conftest import in_a_loop

ECHO = [sys.executable, "-c", "import sys; sys.stdout.buffer.write(sys.stdin.buffer.read(5)[::-1]); sys.stdout.flush()"]
SLEEP = [sys.executable, "-c", "import time; print(1, flush=True); time.sleep(60)"]


def test_it_is_spoken_to_through_its_pipes_and_ends() -> None:
    async def use() -> tuple[bytes, int, bytes]:
        process = await start(ECHO)
        process.stdin.write(b"abcde")
        await process.stdin.drain()
        said = await process.stdout.readexactly(5)
        return said, await process.wait(), await process.stdout.read()

    assert in_a_loop(use()) == (b"edcba", 0, b"")


def test_it_is_killed_once_and_told_from_one_that_runs() -> None:
    async def use() -> list[object]:
        process = await start(SLEEP)
        await process.stdout.readline()
        seen: list[object] = [process.returncode, os.getsid(process.pid) == process.pid]
        process.kill()
        code = await process.wait()
        process.kill()  # which is no fault of who did not know
        return [*seen, code, process.returncode]

    assert in_a_loop(use()) == [None, True, -signal.SIGKILL, -signal.SIGKILL]


def test_what_cannot_be_started_is_an_os_error() -> None:
    with pytest.raises(OSError, match="nowhere"):
        in_a_loop(start(["/nowhere/at/all"]))
