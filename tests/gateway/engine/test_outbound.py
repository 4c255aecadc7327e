"""All packets of a tick reach each socket in one write, in the order of sending."""

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.engine.frames import text_frame
from gateway.engine.outbound import Outbound


class Reader:
    """A socket that keeps what it is written."""

    def __init__(self) -> None:
        self.writes: list[bytes] = []
        self.packets: list[str] = []

    @property
    def sessions(self) -> list["Reader"]:
        return [self]

    def take(self, frames: bytes, packets: list[str]) -> None:
        self.writes.append(frames)
        self.packets += packets


class Room:
    def __init__(self, *sessions: Reader) -> None:
        self.sessions = sessions


@settings(deadline=None)
@given(st.lists(st.integers(0, 4), max_size=40))
def test_every_socket_gets_its_packets_in_order_in_one_write(targets: list[int]) -> None:
    asyncio.run(check_order(targets))


async def check_order(targets: list[int]) -> None:
    readers = [Reader() for _ in range(3)]
    audiences: list[Reader | Room] = [*readers, Room(*readers), Room(*readers[:2])]
    outbound = Outbound()
    expected: list[list[str]] = [[], [], []]
    for number, target in enumerate(targets):
        outbound.send(audiences[target], f"4{number}")
        for reader in audiences[target].sessions:
            expected[readers.index(reader)].append(f"4{number}")
    outbound.flush()
    assert [reader.packets for reader in readers] == expected
    for reader in readers:
        assert len(reader.writes) == bool(reader.packets)
        assert b"".join(reader.writes) == b"".join(map(text_frame, reader.packets))


async def test_a_change_of_audience_concerns_only_what_is_sent_after_it() -> None:
    here, late = Reader(), Reader()
    sessions = [here]
    room = Room()
    room.sessions = sessions  # type: ignore[assignment]
    outbound = Outbound()
    outbound.send(room, "4before")
    outbound.flush()
    sessions.append(late)
    outbound.send(room, "4after")
    outbound.flush()
    assert (here.packets, late.packets) == (["4before", "4after"], ["4after"])
