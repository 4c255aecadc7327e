"""Reads what a process writes, line by line, without ever waiting for it."""

import asyncio
import os
from collections.abc import Callable

# A line without an end would fill memory; this is longer than any traceback of ours.
LINE_BYTES_AT_MOST = 256 * 1024
# A grandchild may keep the pipe open after the process has ended; what it prints after this time is lost.
LAST_WORDS_SECONDS = 0.5


class OutputReader(asyncio.Protocol):
    """A pipe: its `child_end` goes to one process, its lines to `on_line`."""

    def __init__(self, on_line: Callable[[bytes], None]) -> None:
        self._on_line = on_line
        self._unfinished = b""
        self._ended = asyncio.Event()
        self._own_end, self.child_end = os.pipe()
        self._transport: asyncio.ReadTransport | None = None

    async def start(self) -> None:
        """Begin to read, once the process was started and has its end of the pipe."""
        os.close(self.child_end)
        pipe = os.fdopen(self._own_end, "rb", buffering=0)
        self._transport, _ = await asyncio.get_running_loop().connect_read_pipe(lambda: self, pipe)

    async def until_end(self) -> None:
        """Return when no process has the other end open any more."""
        await self._ended.wait()

    async def finish(self) -> None:
        """Read what is left of a process that has ended."""
        try:
            async with asyncio.timeout(LAST_WORDS_SECONDS):
                await self.until_end()
        except TimeoutError:
            pass
        if self._transport is not None:
            self._transport.close()
        if self._unfinished:
            self._on_line(self._unfinished)
            self._unfinished = b""

    def data_received(self, data: bytes) -> None:
        *lines, self._unfinished = (self._unfinished + data).split(b"\n")
        for line in lines:
            self._on_line(line)
        if len(self._unfinished) > LINE_BYTES_AT_MOST:
            self._on_line(self._unfinished)
            self._unfinished = b""

    def connection_lost(self, exc: Exception | None) -> None:
        self._ended.set()
