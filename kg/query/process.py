"""Process: a process with pipes that an event loop reads and writes, started without copying the server.

An event loop's own way to start one (uvloop's) copies the page tables of the whole server, while nobody is answered:
16 ms at least, measured on 120 MB. Python's subprocess uses vfork, which copies none: 0.5 ms at least.
"""

import asyncio
import subprocess
from asyncio.streams import FlowControlMixin
from collections.abc import Sequence


class Process:
    """A process in a session of its own; what it says on stderr is dropped."""

    def __init__(
        self, popen: subprocess.Popen[bytes], stdin: asyncio.StreamWriter, stdout: asyncio.StreamReader
    ) -> None:
        self._popen, self.stdin, self.stdout = popen, stdin, stdout
        self.pid = popen.pid

    @property
    def returncode(self) -> int | None:
        """What it ended with, negative for a signal; None while it runs."""
        return self._popen.poll()

    async def wait(self) -> int:
        """What it ends with, once it has.

        A thread waits, since the system may take 250 ms (measured) to clear away a process that was killed.
        """
        code = await asyncio.to_thread(self._popen.wait)
        self.stdin.close()
        return code

    def kill(self) -> None:
        """End it at once; one that has ended is left alone."""
        self._popen.kill()


async def start(command: Sequence[str]) -> Process:
    """Start a process; OSError where the system does not allow one."""
    popen = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
    )
    loop, reader = asyncio.get_running_loop(), asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), popen.stdout)
    transport, protocol = await loop.connect_write_pipe(FlowControlMixin, popen.stdin)
    return Process(popen, asyncio.StreamWriter(transport, protocol, None, loop), reader)
