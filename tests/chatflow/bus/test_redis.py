"""The bus loses what it may lose, and tells of it; order holds, and nobody else's garbage ends a process."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from chatflow.bus.redis import RedisBus
from chatflow.errors import Unavailable
from tests.chatflow.conditions import until
from tests.servers import Server, open_valkey


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Server]:
    """A server of one's own, to be killed and suspended."""
    with open_valkey(tmp_path) as server:
        yield server


class Listener:
    """A bus with what it heard."""

    def __init__(self, url: str) -> None:
        self.heard: list[bytes] = []
        self.gaps = 0
        self.bus = RedisBus(url, on_gap=self.count_gap)

    def count_gap(self) -> None:
        self.gaps += 1


@pytest.fixture
async def listener(valkey: Server) -> AsyncIterator[Listener]:
    listener = Listener(valkey.url)
    await listener.bus.start()
    await listener.bus.subscribe("room", listener.heard.append)
    yield listener
    await listener.bus.close()


async def test_publications_arrive_in_order_and_once(listener: Listener) -> None:
    sent = [str(number).encode() for number in range(5000)]

    for payload in sent:
        listener.bus.publish("room", payload)

    await until(lambda: len(listener.heard) >= len(sent))
    assert listener.heard == sent


async def test_the_publisher_learns_at_once_that_nobody_listens(listener: Listener) -> None:
    assert await listener.bus.publish_counted("room", b"x") == 1
    assert await listener.bus.publish_counted("empty room", b"x") == 0


async def test_a_channel_left_is_silent(listener: Listener) -> None:
    await listener.bus.unsubscribe("room")

    assert await listener.bus.publish_counted("room", b"x") == 0


async def test_a_publication_that_cannot_be_read_hurts_no_other(listener: Listener) -> None:
    def refuse(_: bytes) -> None:
        raise ValueError("garbage")

    await listener.bus.subscribe("garbage", refuse)
    listener.bus.publish("garbage", b"\xff")
    listener.bus.publish("room", b"after")

    await until(lambda: listener.heard == [b"after"])
    assert listener.gaps == 0


async def test_a_restarted_server_is_a_gap_and_then_all_goes_on(listener: Listener, valkey: Server) -> None:
    valkey.kill()
    await until(lambda: not listener.bus.connected)
    with pytest.raises(Unavailable):
        await listener.bus.publish_counted("room", b"lost")
    valkey.start()

    await until(lambda: listener.gaps == 1)
    assert await listener.bus.publish_counted("room", b"back") == 1
    await until(lambda: listener.heard == [b"back"])


async def test_a_half_open_connection_is_noticed(listener: Listener, valkey: Server) -> None:
    valkey.suspend()

    await until(lambda: not listener.bus.connected)
    valkey.resume()
    await until(lambda: listener.gaps == 1)


async def test_what_subscribes_while_the_server_is_away_is_subscribed_when_it_is_back(
    listener: Listener, valkey: Server
) -> None:
    valkey.kill()
    await until(lambda: not listener.bus.connected)
    later: list[bytes] = []
    await listener.bus.subscribe("later", later.append)
    valkey.start()
    await until(lambda: listener.bus.connected)

    listener.bus.publish("later", b"x")

    await until(lambda: later == [b"x"])


class Relay:
    """Stands between a bus and its server, and can keep the server's words to itself."""

    def __init__(self, server: Server) -> None:
        self._server = urlsplit(server.url)
        self._links: list[asyncio.StreamWriter] = []
        self._tasks: list[asyncio.Task[None]] = []
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.probes = 0
        self.url = ""

    @asynccontextmanager
    async def relaying(self) -> AsyncIterator["Relay"]:
        server = await asyncio.start_server(self._on_connection, "127.0.0.1", 0)
        self.url = f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield self
        server.close()
        self.may_answer.set()
        self.cut()
        await asyncio.gather(*self._tasks)

    def cut(self) -> None:
        for link in self._links:
            link.transport.abort()

    async def _on_connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, onward = await asyncio.open_connection(self._server.hostname, self._server.port)
        self._links += [writer, onward]
        self._tasks += [asyncio.create_task(self._pass(reader, onward)), asyncio.create_task(self._pass(there, writer))]

    async def _pass(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await source.read(65536):
                self.probes += data.count(b"PING")
                # The greeting is let through: it is the answer to the probe that is kept.
                if b"PONG" in data:
                    await self.may_answer.wait()
                target.write(data)
        target.close()


@pytest.fixture
async def relay(valkey: Server) -> AsyncIterator[Relay]:
    async with Relay(valkey).relaying() as relay:
        yield relay


@pytest.fixture
async def relayed(relay: Relay) -> AsyncIterator[Listener]:
    listener = Listener(relay.url)
    await listener.bus.start()
    await listener.bus.subscribe("room", listener.heard.append)
    yield listener
    await listener.bus.close()


async def test_what_subscribes_while_the_link_is_being_made_anew_is_subscribed(relay: Relay, relayed: Listener) -> None:
    later: list[bytes] = []
    relay.may_answer.clear()
    relay.cut()
    await until(lambda: not relayed.bus.connected)
    probes = relay.probes
    await until(lambda: relay.probes > probes)
    # The link has been told what to subscribe, and not yet said that it did.
    await relayed.bus.subscribe("later", later.append)
    await relayed.bus.unsubscribe("room")
    relay.may_answer.set()
    await until(lambda: relayed.bus.connected)

    assert await relayed.bus.publish_counted("later", b"x") == 1
    assert await relayed.bus.publish_counted("room", b"x") == 0
    await until(lambda: later == [b"x"])


async def test_a_link_that_was_given_up_delivers_nothing_beside_the_next_one(
    relay: Relay, relayed: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatflow.bus.redis.ANSWER_TIMEOUT_SECONDS", 0.2)
    relay.may_answer.clear()
    relay.cut()
    await until(lambda: not relayed.bus.connected)
    probes = relay.probes
    await until(lambda: relay.probes >= probes + 3)
    relay.may_answer.set()
    await until(lambda: relayed.bus.connected)

    assert await relayed.bus.publish_counted("room", b"once") == 1
    relayed.bus.publish("room", b"last")
    await until(lambda: relayed.heard[-1:] == [b"last"])
    assert relayed.heard == [b"once", b"last"]


async def test_without_a_server_the_start_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chatflow.bus.redis.START_TIMEOUT_SECONDS", 0.2)
    bus = RedisBus("redis://127.0.0.1:1/0", on_gap=lambda: None)

    with pytest.raises(Unavailable):
        await bus.start()


async def test_closing_sends_what_is_left(valkey: Server, listener: Listener) -> None:
    other = RedisBus(valkey.url, on_gap=lambda: None)
    await other.start()
    other.publish("room", b"last words")

    await other.close()

    await until(lambda: listener.heard == [b"last words"])
