"""Fixtures of the journeys: a running product, and people."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.actors import Actor
from tests.checker.history import HistoryWriter
from tests.journeys.scales import Scale
from tests.journeys.system import System, open_system

Invite = Callable[..., Awaitable[Actor]]


@pytest.fixture(scope="session")
def system(scale: Scale, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The embedded profile, shared by every journey that breaks nothing."""
    with open_system(tmp_path_factory.mktemp("system"), settings=scale.settings) as system:
        yield system


@pytest.fixture
def keeps_connections(scale: Scale) -> bool:
    """Whether people keep their connections."""
    return scale.keeps_connections


@pytest.fixture
def writer(tmp_path: Path) -> HistoryWriter:
    """Where this test's people write down what they see."""
    return HistoryWriter(tmp_path / "history")


@pytest.fixture
def url(system: System) -> str:
    return system.url


@pytest.fixture
async def invite(url: str, writer: HistoryWriter, keeps_connections: bool) -> AsyncIterator[Invite]:
    """Call `await invite("alice")` for a registered person; at the end each person's view must be consistent."""
    people: list[Actor] = []
    async with AsyncExitStack() as stack:

        async def call(name: str) -> Actor:
            actor = await stack.enter_async_context(
                Actor(url, name, writer=writer, keeps_connections=keeps_connections)
            )
            people.append(actor)
            return await actor.register()

        yield call
    writer.flush()
    assert [complaint for actor in people for device in actor.devices for complaint in device.complaints] == []
