"""An ended connection leaves nothing in memory, without waiting for the garbage collector."""

import gc
import weakref
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from gateway.engine.session import EngineSession
from gateway.engine.timeouts import TimeoutHandler
from gateway.engine.websocket import DirectWebSocket
from gateway.sessions.connection import Connection
from tests.chatflow.conditions import until
from tests.gateway.conftest import Device, Gateway

TRANSPORTS = [["websocket"], ["polling"], ["polling", "websocket"]]


async def leave(device: Device) -> None:
    await device.client.disconnect()


async def lose_the_network(device: Device) -> None:
    await device.client.eio.http.close()


@pytest.fixture
def no_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


class Census:
    """What there is of some kinds beside what was there before: other tests may have left something."""

    def __init__(self) -> None:
        self._before = every(EngineSession, Connection, DirectWebSocket, TimeoutHandler)
        self._known = set(map(id, self._before))

    def of(self, *kinds: type) -> list[Any]:
        return [thing for thing in every(*kinds) if id(thing) not in self._known]


def every(*kinds: type) -> list[Any]:
    return [thing for thing in gc.get_objects() if isinstance(thing, kinds)]


@pytest.mark.usefixtures("no_collector")
@pytest.mark.parametrize("go", [leave, lose_the_network])
@pytest.mark.parametrize("transports", TRANSPORTS, ids="+".join)
async def test_nothing_of_a_client_that_is_gone_stays(
    gateway: Gateway, alice: str, transports: list[str], go: Callable[[Device], Awaitable[None]]
) -> None:
    census = Census()
    device = await gateway.device(alice, transports=transports)
    await device.ask("ping:app", {})
    await device.ask("room:sync", {"rooms": {}})
    sessions = [weakref.ref(session) for session in census.of(EngineSession)]
    connections = [weakref.ref(connection) for connection in census.of(Connection)]
    assert (len(sessions), len(connections)) == (1, 1)
    await go(device)
    await until(lambda: sessions[0]() is None)
    await until(lambda: connections[0]() is None)
    await until(lambda: not census.of(DirectWebSocket, TimeoutHandler))
