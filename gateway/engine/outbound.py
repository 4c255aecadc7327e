"""What leaves in one tick of the loop: one ordered log for all sockets, joined so that each gets a single write.

Every packet takes this way, to one socket or to a thousand, so that no packet overtakes another.
"""

import asyncio
from collections.abc import Iterable
from typing import Protocol

from gateway.engine.frames import text_frame


class Recipient(Protocol):
    """A socket, as far as writing to it goes."""

    def take(self, frames: bytes, packets: list[str]) -> None:
        """Send these packets, which `frames` holds as WebSocket frames."""


class Audience(Protocol):
    """Whoever gets the same packets. Its members must not change while packets for it wait: flush before."""

    @property
    def members(self) -> Iterable[Recipient]: ...


# What is sent to the same audience in a row: as WebSocket frames, and as packets.
Run = tuple[Audience, list[bytes], list[str]]


class Outbound:
    """The log of the current tick."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._runs: list[Run] = []

    def send(self, audience: Audience, packet: str) -> None:
        """Send a packet to all members of an audience, each after all that was sent to it before."""
        runs = self._runs
        if not runs:
            self._loop.call_soon(self.flush)
        elif runs[-1][0] is audience:
            # A run of packets for the same readers is joined once for all of them.
            runs[-1][1].append(text_frame(packet))
            runs[-1][2].append(packet)
            return
        runs.append((audience, [text_frame(packet)], [packet]))

    def flush(self) -> None:
        """Write what waits, now: because the tick ends, or because an audience is about to change."""
        runs = self._runs
        if not runs:
            return
        self._runs = []
        if len(runs) == 1:
            audience, frames, packets = runs[0]
            joined = b"".join(frames)
            for recipient in audience.members:
                recipient.take(joined, packets)
            return
        write_all(runs)


def write_all(runs: list[Run]) -> None:
    """Hand each recipient all its runs in their order, joined once for all who get the same."""
    places: dict[Audience, list[int]] = {}
    for place, (audience, _, _) in enumerate(runs):
        places.setdefault(audience, []).append(place)
    due: dict[Recipient, list[Audience]] = {}
    for audience in places:
        for recipient in audience.members:
            if recipient in due:
                due[recipient].append(audience)
            else:
                due[recipient] = [audience]
    joined: dict[tuple[Audience, ...], tuple[bytes, list[str]]] = {}
    for recipient, audiences in due.items():
        key = tuple(audiences)
        whole = joined.get(key)
        if whole is None:
            mine = [runs[place] for place in sorted(place for audience in key for place in places[audience])]
            frames = b"".join(frame for _, frames, _ in mine for frame in frames)
            whole = joined[key] = (frames, [packet for _, _, packets in mine for packet in packets])
        recipient.take(*whole)
