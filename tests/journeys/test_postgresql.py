"""PostgreSQL is restarted while people sign in: connected people talk on, others are let in or told to try again."""

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.actors import Actor, Refused
from tests.chatflow.conditions import until
from tests.faults.traffic import Style, open_traffic
from tests.journeys.scales import TWO, Scale
from tests.journeys.system import System, open_system
from tests.journeys.test_kills import assert_every_promise_kept
from tests.servers import Server
from tests.servers.postgresql import create_database

pytestmark = pytest.mark.scales(TWO)

# A password is hashed on a machine that is busy with everybody else.
PROMPTLY_SECONDS = 3.0
BACK_WITHIN_SECONDS = 5.0
WAYS = ("log_in", "refresh", "connect")
# Of each way: so many show that it is open, or closed.
ENOUGH = 3


class Attempt(NamedTuple):
    way: str
    begun_at: float
    seconds: float
    # "ok", or the code of the error.
    outcome: str


class Door:
    """People who come in again and again by every way there is, and what became of it."""

    def __init__(self) -> None:
        self.attempts: list[Attempt] = []

    async def sees(self, outcome: str, *ways: str, since: float = 0.0, within_seconds: float = 20.0) -> None:
        """Wait until each of these ways, taken since then, has had that outcome often enough."""

        def seen_by(way: str) -> int:
            return sum(a.way == way and a.outcome == outcome and a.begun_at >= since for a in self.attempts)

        try:
            await until(lambda: all(seen_by(way) >= ENOUGH for way in ways), within_seconds=within_seconds)
        except AssertionError:
            recent = Counter((a.way, a.outcome) for a in self.attempts if a.begun_at >= since)
            raise AssertionError(f"not {ENOUGH} times {outcome} by {ways} in {within_seconds} s: {recent}") from None

    async def come_again_and_again(self, person: Actor) -> None:
        phone = person.device()

        async def connect() -> None:
            await phone.connect()
            await phone.disconnect()

        for attempt in itertools.cycle((person.log_in, person.refresh, connect)):
            await self._try(attempt)

    async def _try(self, attempt: Callable[[], Awaitable[object]]) -> None:
        begun_at, outcome = time.monotonic(), "ok"
        try:
            await attempt()
        except Refused as refused:
            outcome = refused.code
        self.attempts.append(Attempt(attempt.__name__, begun_at, time.monotonic() - begun_at, outcome))


@asynccontextmanager
async def open_door(url: str, *, people: int, keeps_connections: bool) -> AsyncIterator[Door]:
    door = Door()
    async with AsyncExitStack() as stack:
        actors = [
            await stack.enter_async_context(Actor(url, f"comer{n}", keeps_connections=keeps_connections))
            for n in range(people)
        ]
        for actor in actors:
            await actor.register()
        comings = [asyncio.create_task(door.come_again_and_again(actor)) for actor in actors]
        try:
            yield door
        finally:
            for coming in comings:
                coming.cancel()
            failed = [
                end for end in await asyncio.gather(*comings, return_exceptions=True) if isinstance(end, Exception)
            ]
        assert failed == []


@pytest.fixture
def postgresql(postgres_server: Server) -> Iterator[Server]:
    """The one of all tests, running again whatever became of it here."""
    yield postgres_server
    postgres_server.stop()
    postgres_server.start()


@pytest.fixture
def system(scale: Scale, postgresql: Server, tmp_path: Path) -> Iterator[System]:
    settings = {
        **scale.settings,
        "CHATFLOW_USER_DATABASE_URL": create_database(postgresql.url, f"{tmp_path.name}_users"),
        "CHATFLOW_NOTIFICATION_DATABASE_URL": create_database(postgresql.url, f"{tmp_path.name}_notifications"),
        # A cluster sends its logs to Loki; this one's is away.
        "CHATFLOW_OTLP_ENDPOINT": "http://127.0.0.1:9/otlp",
    }
    with open_system(tmp_path / "system", settings=settings) as system:
        yield system


async def test_a_restart_of_postgresql_during_logins_keeps_nobody_out_for_long_and_cuts_nobody_off(
    system: System, postgresql: Server, tmp_path: Path, keeps_connections: bool
) -> None:
    async with (
        open_traffic(
            system.url, tmp_path / "history", style=Style(alerts=0.05), keeps_connections=keeps_connections
        ) as traffic,
        open_door(system.url, people=3, keeps_connections=keeps_connections) as door,
    ):
        traffic.start()
        connections = [device.recorder.connections for device in traffic.devices]
        await door.sees("ok", *WAYS)

        async with traffic.fault("restart of PostgreSQL"):
            postgresql.kill()
            down_at = time.monotonic()
            await door.sees("unavailable", "log_in", "refresh", since=down_at)
            # A token says all that is needed.
            await door.sees("ok", "connect", since=down_at)
            await traffic.acks(100, within_seconds=20)
            postgresql.start()
        healed_at = time.monotonic()
        await door.sees("ok", *WAYS, since=healed_at, within_seconds=BACK_WITHIN_SECONDS)
        back_at = time.monotonic()
        await traffic.acks(100, within_seconds=20)
        await door.sees("ok", *WAYS, since=back_at)

        await traffic.stop()
        assert traffic.refusals == {}
        assert [device.recorder.connections for device in traffic.devices] == connections
        await traffic.settle()
        verdict = traffic.judge()
    assert_every_promise_kept(verdict)
    assert "C13" not in verdict.unknown, str(verdict)
    assert {attempt.outcome for attempt in door.attempts} == {"ok", "unavailable"}
    assert [attempt for attempt in door.attempts if attempt.begun_at > back_at and attempt.outcome != "ok"] == []
    assert [attempt for attempt in door.attempts if attempt.seconds > PROMPTLY_SECONDS] == []
