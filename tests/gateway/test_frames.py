"""Frames that stock clients do not send: messages in many pieces, and an end without a close frame."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.engine.fragments import Fragments
from gateway.engine.limits import EARLY_PACKETS, PACKETS_PER_SECOND, Limits
from gateway.engine.slices import BURST_SECONDS
from tests.chatflow.conditions import until
from tests.gateway.echo import Echo, echo_server

HEAD = (
    b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
    b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
CONTINUATION, TEXT, FINAL = 0x00, 0x01, 0x80
ENTER = b'40{"token":"let me in"}'
AT_ONCE = int(PACKETS_PER_SECOND * BURST_SECONDS)


def frame(first: int, content: bytes, *, masked: bool = True) -> bytes:
    """A client's frame, masked by zeros."""
    bit, mask, length = (0x80, bytes(4), len(content)) if masked else (0, b"", len(content))
    if length < 126:
        return struct.pack("!BB", first, bit | length) + mask + content
    if length < 65536:
        return struct.pack("!BBH", first, bit | 126, length) + mask + content
    return struct.pack("!BBQ", first, bit | 127, length) + mask + content


def in_pieces(text: bytes, *, size: int) -> bytes:
    """A message in frames of so many bytes."""
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    kinds = [TEXT, *[CONTINUATION] * (len(pieces) - 1)]
    kinds[-1] |= FINAL
    return b"".join(map(frame, kinds, pieces))


class Line:
    """A connection on which frames are written by hand."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, echo: Echo) -> None:
        self.reader = reader
        self.writer = writer
        self.echo = echo

    async def enter(self) -> None:
        self.writer.write(frame(FINAL | TEXT, ENTER))
        await self.reader.readuntil(b"ready")
        await self.reader.readuntil(b"}")

    async def ending(self) -> bytes:
        """What comes until the server closes."""
        try:
            async with asyncio.timeout(5):
                return await self.reader.read()
        except ConnectionError:
            return b""


@asynccontextmanager
async def opened(*, per_second: int = PACKETS_PER_SECOND) -> AsyncIterator[Line]:
    async with echo_server(limits=Limits(packets_per_second=per_second)) as (url, echo):
        address = urlsplit(url)
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        writer.write(HEAD)
        await reader.readuntil(b"upgrades")
        try:
            yield Line(reader, writer, echo)
        finally:
            writer.close()


@pytest.mark.parametrize("content", [b"x", b""], ids=["bytes", "nothing"])
async def test_every_frame_of_a_message_counts(content: bytes) -> None:
    async with opened() as line:
        await line.enter()
        line.writer.write(frame(TEXT, b'42["x"') + frame(CONTINUATION, content) * (AT_ONCE + 1000))
        assert b"too many packets" in await line.ending()
        assert line.echo.over == ["too many packets"]


async def test_a_stranger_sends_few_frames() -> None:
    async with opened() as line:
        line.writer.write(frame(TEXT, b"40") + frame(CONTINUATION, b"") * EARLY_PACKETS)
        assert b"too many packets" in await line.ending()


@pytest.mark.parametrize("size", [1, 2, 125, 126, 1000, 65535, 65536])
async def test_a_message_in_pieces_arrives_whole_with_what_is_around_it(size: int) -> None:
    text = "x" * min(200_000, 3000 * size)
    async with opened() as line:
        await line.enter()
        line.writer.write(frame(FINAL | TEXT, b'42["a"]'))
        line.writer.write(in_pieces(f'42["b","{text}"]'.encode(), size=size))
        line.writer.write(frame(FINAL | TEXT, b'42["c"]'))
        await until(lambda: len(line.echo.received) == 3)
        assert line.echo.received == [["a"], ["b", text], ["c"]]


async def test_all_that_a_client_sent_before_it_closed_without_a_word_is_taken() -> None:
    """Much of it waits for its turn when the end comes."""
    async with opened(per_second=0) as line:
        await line.enter()
        line.writer.write(b"".join(frame(FINAL | TEXT, f'42["x",{number}]'.encode()) for number in range(8000)))
        line.writer.close()
        await until(lambda: bool(line.echo.over))
        assert line.echo.received == [["x", number] for number in range(8000)]


async def test_a_message_is_taken_also_where_its_client_waits_for_no_answer() -> None:
    async with opened() as line:
        await line.enter()
        line.writer.write(frame(FINAL | TEXT, b'421["x","' + b"x" * 8000 + b'"]'))
        line.writer.close()
        await until(lambda: bool(line.echo.over))
        assert line.echo.received == [["x", "x" * 8000]]


FRAMES = st.lists(
    st.builds(
        frame,
        st.sampled_from([TEXT, CONTINUATION, FINAL | TEXT, FINAL | CONTINUATION]),
        st.sampled_from([0, 1, 125, 126, 300, 65535, 65536]).map(bytes),
        masked=st.booleans(),
    ),
    max_size=12,
)


@given(FRAMES, st.lists(st.integers(1, 70_000), max_size=20))
def test_frames_are_counted_however_they_come(frames: list[bytes], cuts: list[int]) -> None:
    stream, fragments, found = b"".join(frames), Fragments(), 0
    for size in [*cuts, len(stream)]:
        piece, stream = stream[:size], stream[size:]
        found += fragments.count(piece)
    assert found == sum(each[0] < FINAL for each in frames)
