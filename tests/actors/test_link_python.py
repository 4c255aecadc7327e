"""A packet that the stock Python client would lose is not lost by our link."""

import asyncio

import pytest

from tests.actors.link_python import Packets


async def test_the_sign_to_end_is_never_taken_together_with_packets_before_it() -> None:
    packets = Packets()
    for packet in ("one", "two", None):
        packets.put_nowait(packet)
    assert [await packets.get(), packets.get_nowait()] == ["one", "two"]
    with pytest.raises(asyncio.QueueEmpty):
        packets.get_nowait()
    assert await packets.get() is None
