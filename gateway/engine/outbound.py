"""Collects the packets of one tick of the loop for all sockets, in order, and joins them to one write per socket.

Every packet goes this way, to one socket or to a thousand, so that none overtakes another.
"""

import asyncio
from collections.abc import Iterable
from typing import Protocol

from gateway.engine.frames import text_frame


class Session(Protocol):
    """One client's session, to which packets can be written."""

    def take(self, frames: bytes, packets: list[str]) -> None:
        """Send these packets; `frames` are the same packets as WebSocket frames."""


class Audience(Protocol):
    """Sessions that get the same packets. Flush before they change, as packets for it may be waiting."""

    @property
    def sessions(self) -> Iterable[Session]: ...


# Packets sent to one audience one after the other: as WebSocket frames, and as text.
Bundle = tuple[Audience, list[bytes], list[str]]


class Outbound:
    """The packets of the current tick, in order."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._bundles: list[Bundle] = []

    def send(self, audience: Audience, packet: str) -> None:
        """Send a packet to all sessions of an audience; each gets it after everything sent to it before."""
        bundles = self._bundles
        if not bundles:
            self._loop.call_soon(self.flush)
        elif bundles[-1][0] is audience:
            # One bundle is joined once for all its sessions.
            bundles[-1][1].append(text_frame(packet))
            bundles[-1][2].append(packet)
            return
        bundles.append((audience, [text_frame(packet)], [packet]))

    def flush(self) -> None:
        """Write the waiting packets now, because the tick ends or an audience is about to change."""
        bundles = self._bundles
        if not bundles:
            return
        self._bundles = []
        if len(bundles) == 1:
            audience, frames, packets = bundles[0]
            joined = b"".join(frames)
            for session in audience.sessions:
                session.take(joined, packets)
            return
        write_all(bundles)


def write_all(bundles: list[Bundle]) -> None:
    """Hand each session all its packets in order; sessions that get the same packets share one joined text."""
    places: dict[Audience, list[int]] = {}
    for place, (audience, _, _) in enumerate(bundles):
        places.setdefault(audience, []).append(place)
    due: dict[Session, list[Audience]] = {}
    for audience in places:
        for session in audience.sessions:
            if session in due:
                due[session].append(audience)
            else:
                due[session] = [audience]
    joined: dict[tuple[Audience, ...], tuple[bytes, list[str]]] = {}
    for session, audiences in due.items():
        key = tuple(audiences)
        whole = joined.get(key)
        if whole is None:
            mine = [bundles[place] for place in sorted(place for audience in key for place in places[audience])]
            frames = b"".join(frame for _, frames, _ in mine for frame in frames)
            whole = joined[key] = (frames, [packet for _, _, packets in mine for packet in packets])
        session.take(*whole)
