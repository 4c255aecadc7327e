"""Several processes send for webhooks of one database: each for one at a time, and slow addresses delay no others."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from chatflow.http.outbound import Outbound, OutboundGuard
from chatflow.http.service_client import ServiceClient
from chatflow.ids import new_id
from chatflow.instants import write_instant
from chatflow.process.running_tasks import RunningTasks
from notification_service.channels.webhook import sender, worker
from notification_service.channels.webhook.reading import HookReader
from notification_service.channels.webhook.sender import HookSender
from notification_service.channels.webhook.signing import new_secret
from notification_service.channels.webhook.worker import LEASE_SECONDS, HookWorker
from notification_service.deciding import hooks as rules
from notification_service.deciding.hooks import DAY_SECONDS, Hook
from notification_service.deciding.notices import Notice
from notification_service.stores.database import Database
from notification_service.stores.hooks import Hooks
from notification_service.stores.reading import NoticeReader
from tests.chatflow.conditions import until
from tests.notification_service.channels.conftest import WITHIN_SECONDS
from tests.notification_service.channels.push_service import hanging, refusing, taken
from tests.notification_service.channels.webhook.sink import Place, Sink
from tests.notification_service.message_service_edge import SECRET, MessageServiceEdge


class Workers:
    """Lets processes live and die on one database."""

    def __init__(self, database: Database, edge: MessageServiceEdge, sink: Sink) -> None:
        self.ahead = 0.0
        self.database = database
        self.hooks = Hooks(database)
        self.told: list[Notice] = []
        self.logs = edge.logs
        self.deactivated: set[str] = set()
        self._sink = sink
        self._messages = ServiceClient("message_service", edge.url, SECRET)

    def clock(self) -> float:
        return time.time() + self.ahead

    async def _tell(self, notice: Notice) -> None:
        self.told.append(notice)

    @asynccontextmanager
    async def living(self) -> AsyncIterator[HookWorker]:
        """Let one live until this is left, when it dies in the middle of whatever it does."""
        outbound = Outbound(OutboundGuard([f"localhost:{self._sink.port}"]))
        made = HookWorker(
            hooks=self.hooks,
            reader=HookReader(self._messages),
            # By the true time, as the sink looks at it.
            sender=HookSender(outbound),
            tell=self._tell,
            is_deactivated=self.deactivated.__contains__,
            clock=self.clock,
        )
        tasks = RunningTasks()
        tasks.start(made.run())
        yield made
        tasks.cancel()
        made.cancel()
        await outbound.close()

    async def add(self, room_id: str) -> tuple[Place, Hook]:
        place, now = self._sink.open_place(), write_instant(self.clock())
        place.secret = new_secret()
        hook = Hook(
            id=new_id(),
            room_id=room_id,
            user_id="alice",
            url=place.url,
            events=("message.created",),
            secret=place.secret,
            created_at=now,
            seq=0,
            due_at=now,
        )
        await self.hooks.add(hook)
        return place, hook

    async def now(self, hook: Hook) -> Hook:
        return await self.hooks.access(hook.id, room_id=hook.room_id)

    async def close(self) -> None:
        await self._messages.close()


@pytest.fixture
async def workers(database: Database, edge: MessageServiceEdge, sink: Sink) -> AsyncIterator[Workers]:
    edge.logs.open("room", owner="alice")
    workers = Workers(database, edge, sink)
    yield workers
    await workers.close()


async def test_what_a_process_that_died_had_is_sent_by_another_once_its_lease_has_ended(workers: Workers) -> None:
    place, _ = await workers.add("room")
    place.answer = hanging
    workers.logs.say("room", "one")
    async with workers.living():
        await until(lambda: place.asked == 1, within_seconds=WITHIN_SECONDS)
    place.answer = taken

    async with workers.living() as second:
        # It has looked, and left it alone.
        await second._look()
        assert second._busy == {}
        workers.ahead += LEASE_SECONDS
        await until(lambda: place.texts == ["one"], within_seconds=WITHIN_SECONDS)

    assert place.asked == 2


async def test_processes_that_look_at_once_never_send_for_the_same_one(workers: Workers) -> None:
    places = [(await workers.add("room"))[0] for _ in range(5)]
    async with workers.living(), workers.living(), workers.living():
        for number in range(10):
            workers.logs.say("room", f"message {number}")
            await until(lambda: all(len(place.taken) > number for place in places), within_seconds=WITHIN_SECONDS)  # noqa: B023 - awaited here

    assert [place.texts for place in places] == [[f"message {number}" for number in range(10)]] * 5


async def test_a_process_that_is_told_to_finish_records_what_it_has_sent_and_sends_nothing_more(
    workers: Workers,
) -> None:
    place, hook = await workers.add("room")
    may_answer = asyncio.Event()

    async def slowly(request: web.Request) -> web.Response:
        await may_answer.wait()
        return await taken(request)

    place.answer = slowly
    workers.logs.say("room", "one", "two")

    async with workers.living() as first:
        await until(lambda: place.asked == 1, within_seconds=WITHIN_SECONDS)
        finishing = asyncio.create_task(first.finish())
        may_answer.set()
        await finishing
        assert (await workers.now(hook)).seq == 1
        assert place.asked == 1
    async with workers.living():
        # It was let go of: no lease has to end.
        await until(lambda: place.texts == ["one", "two"], within_seconds=WITHIN_SECONDS)


async def test_addresses_of_one_host_that_stand_still_leave_room_for_the_others(
    workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "OF_A_HOST_AT_ONCE", 2)
    monkeypatch.setattr(sender, "TIMEOUT_SECONDS", 10 * WITHIN_SECONDS)
    stuck = [(await workers.add("room"))[0] for _ in range(5)]
    other, hook = await workers.add("room")
    # Another host, as far as the worker sees.
    await workers.hooks.change(hook, now=hook.due_at, url=other.url.replace("localhost", "LOCALHOST"))
    for place in stuck:
        place.answer = hanging
    workers.logs.say("room", "one")

    async with workers.living():
        await until(lambda: other.texts == ["one"], within_seconds=WITHIN_SECONDS)
        assert sum(place.asked for place in stuck) <= 2


async def test_when_all_places_are_taken_those_that_wait_come_next(
    workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "AT_ONCE", 2)
    # Nobody looks again by himself.
    monkeypatch.setattr(worker, "POLL_SECONDS", 10 * WITHIN_SECONDS)
    places = [(await workers.add("room"))[0] for _ in range(7)]
    workers.logs.say("room", "one")

    async with workers.living():
        await until(lambda: all(place.texts == ["one"] for place in places), within_seconds=WITHIN_SECONDS)


async def test_one_that_took_nothing_for_a_day_is_paused_with_one_notice_and_is_not_asked_again(
    workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "PAUSE_SECONDS", (60.0,))
    place, hook = await workers.add("room")
    place.answer = refusing(500)
    workers.logs.say("room", "one")

    async with workers.living():
        for tries in range(1, 4):
            await until(lambda: place.asked == tries, within_seconds=WITHIN_SECONDS)  # noqa: B023 - awaited here
            await failed(workers, hook, failures=tries)
            workers.ahead += 2 * 60
        assert workers.told == []
        workers.ahead += DAY_SECONDS
        await until(lambda: len(workers.told) == 1, within_seconds=WITHIN_SECONDS)

    stored = await workers.now(hook)
    assert (stored.state, stored.reason, stored.error, stored.seq) == ("paused", "failing", "HTTP 500", 0)
    [item] = await NoticeReader(workers.database).page("alice", suppressed=False, place=None, limit=10)
    assert (item.kind, item.room_id, item.seq, item.seen) == ("webhook", "room", 1, False)
    assert await workers.hooks.due(now="9", after=("", ""), limit=10) == []


async def failed(workers: Workers, hook: Hook, **wanted: Any) -> None:
    """Wait until it is recorded, which comes after the answer."""
    deadline = time.monotonic() + WITHIN_SECONDS
    while {name: getattr(await workers.now(hook), name) for name in wanted} != wanted:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.005)


async def test_what_somebody_without_an_account_set_up_ends(workers: Workers) -> None:
    place, hook = await workers.add("room")
    workers.deactivated.add("alice")
    workers.logs.say("room", "one")

    async with workers.living():
        await failed(workers, hook, state="paused", reason="deactivated")

    assert place.asked == 0


async def test_where_nothing_happens_nothing_is_written_and_no_log_is_read(workers: Workers) -> None:
    _, hook = await workers.add("room")

    async with workers.living() as alone:
        for _ in range(3):
            await alone._look()

    assert await workers.now(hook) == hook
    assert workers.logs.asked == 0
