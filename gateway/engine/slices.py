"""Handles a client's packets in short slices, so that others get their turn, and limits how many it may send."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from aiohttp._websocket.reader import WebSocketReader

from gateway.engine.fragments import Fragments
from gateway.engine.limits import EARLY_PACKETS

# The longest time that others wait for a client whose packets came all at once.
SLICE_SECONDS = 0.002
# How much is read between two checks of the clock: a usual message, or a hundred of the smallest packets.
PIECE_BYTES = 1024
# The same for a payload: a few packets are handled without a pause, however busy the machine is.
PACKETS_AT_LEAST = 16
# The burst, in seconds of the steady rate: a client that was away sends what it has kept.
BURST_SECONDS = 10.0


class PacketBudget:
    """Allows a few packets, and after the sign-in `per_second` packets a second; 0 means no limit."""

    __slots__ = ("_at", "_burst", "_is_open", "_left", "_per_second")

    def __init__(self, per_second: int) -> None:
        self._per_second = per_second
        self._burst = per_second * BURST_SECONDS
        self._left = min(self._burst, EARLY_PACKETS)
        self._at = time.monotonic()
        self._is_open = False

    def open(self) -> None:
        """Allow the full rate, because the client has signed in; a later sign-in changes nothing."""
        if not self._is_open:
            self._is_open = True
            self._left = self._burst
            self._at = time.monotonic()

    def take(self) -> bool:
        """Count a packet; tell whether the client may send it."""
        if not self._per_second:
            return True
        now = time.monotonic()
        grown = (now - self._at) * self._per_second if self._is_open else 0.0
        left = min(self._burst, self._left + grown)
        self._at = now
        self._left = left - 1.0
        return left >= 1.0


class Slice:
    """The time of one client's turn."""

    __slots__ = ("_end",)

    def __init__(self) -> None:
        self._end = time.monotonic() + SLICE_SECONDS

    @property
    def is_over(self) -> bool:
        return time.monotonic() >= self._end


class SlicedReader:
    """Hands a WebSocket's bytes to its reader piece by piece, in order, one slice in each turn of the loop.

    While bytes wait, or the session's backlog is too long, nothing more is read from the connection. `count` is called
    for each frame that does not end its message, and tells whether the client may send it.
    """

    def __init__(self, reader: WebSocketReader, protocol: Any, *, count: Callable[[], bool]) -> None:
        self._reader = reader
        self._protocol = protocol
        self._count = count
        self._fragments = Fragments()
        self._waiting = b""
        self._turn: asyncio.Handle | None = None
        self._is_paused = False

    def feed_data(self, data: bytes) -> tuple[bool, bytes]:
        if not self._waiting and len(data) <= PIECE_BYTES and not self._is_paused:
            return self._read(data), b""
        self._waiting += data
        if self._turn is None:
            self._go_on()
        return False, b""

    def feed_eof(self) -> None:
        # A client that closes is still read to its end, because the end is read last. One that closes with answers
        # unread resets the connection: then its waiting bytes are dropped here, as the kernel drops those it has.
        self._forget()
        self._reader.feed_eof()

    def pause(self) -> None:
        """Pause reading until `read_on`."""
        self._is_paused = True
        self._protocol.pause_reading()

    def read_on(self) -> None:
        self._is_paused = False
        if not self._waiting:
            self._protocol.resume_reading()
        elif self._turn is None:
            self._turn = asyncio.get_running_loop().call_soon(self._take_turn)

    def _take_turn(self) -> None:
        self._turn = None
        self._go_on()

    def _go_on(self) -> None:
        waiting, self._waiting = self._waiting, b""
        turn = Slice()
        at = 0
        while at < len(waiting) and not self._is_paused and not turn.is_over:
            is_over = self._read(waiting[at : at + PIECE_BYTES])
            at += PIECE_BYTES
            if is_over or self._protocol.transport is None or self._protocol.transport.is_closing():
                return
        self._waiting = waiting[at:]
        if self._is_paused:
            return
        if self._waiting:
            self._protocol.pause_reading()
            self._turn = asyncio.get_running_loop().call_soon(self._take_turn)
        else:
            self._protocol.resume_reading()

    def _read(self, piece: bytes) -> bool:
        """Hand a piece to the reader; tell whether it was the last one to read."""
        for _ in range(self._fragments.count(piece)):
            if not self._count():
                return True
        is_over, _ = self._reader.feed_data(piece)
        return is_over

    def _forget(self) -> None:
        self._waiting = b""
        if self._turn is not None:
            self._turn.cancel()
            self._turn = None
