"""Where a store takes seconds for everything, a command is stored all the same within the time that it has."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, cast

from msgspec.structs import replace

from chat_service.room_log import RoomLog
from chat_service.worker import Worker
from chatflow.auth.account_facts.replica import AccountFacts
from chatflow.errors import TimedOut, Unavailable
from chatflow.http.service_client import ServiceClient
from chatflow.ids import PARTITIONS
from chatflow.leases.port import new_lease
from chatflow.protocol.commands import AnyCommand
from chatflow.wire.log import Append, AppendAnswer, Load, LoadAnswer
from chatflow.wire.outbox import CONSUMERS
from chatflow.wire.recent import RecentAnswer
from tests.chat_service.edges import Gateway, Json, MemoryBus, Offers
from tests.chat_service.fake_store import FakeStore
from tests.chat_service.people import ALICE, founding, saying
from tests.chat_service.talk import texts
from tests.chatflow.virtual_time import VirtualLoop

COMMAND_SECONDS = 8.0


class SlowMessageService:
    """message_service without HTTP; each append and load takes so many seconds, one after the other."""

    def __init__(self) -> None:
        self.store = FakeStore()
        self.seconds = 0.0
        self.appends = 0
        self._disk = asyncio.Lock()

    async def call(self, path: str, request: Any, answer: type[Any], *, timeout_seconds: float = 2.0, **_: Any) -> Any:
        if answer is RecentAnswer:
            return RecentAnswer({})
        self.appends += isinstance(request, Append)
        # It goes on where nobody waits any more, as a server does.
        working = asyncio.ensure_future(self._work(request))
        done, _pending = await asyncio.wait([working], timeout=timeout_seconds)
        if not done:
            raise TimedOut
        return working.result()

    async def _work(self, request: Append | Load) -> AppendAnswer | LoadAnswer | None:
        async with self._disk:
            await asyncio.sleep(self.seconds)
        if request.deadline <= asyncio.get_running_loop().time():
            raise Unavailable
        if isinstance(request, Append):
            return AppendAnswer(results=[self.store.append(run) for run in request.runs])
        return LoadAnswer(rooms=[self.store.load(room) for room in request.rooms])


class Scene:
    """A gateway and a message_service between which workers come and go."""

    def __init__(self) -> None:
        self.bus = MemoryBus()
        self.gateway = Gateway(self.bus)
        self.service = SlowMessageService()

    @asynccontextmanager
    async def worker(self, name: str) -> AsyncIterator[None]:
        clock = asyncio.get_running_loop().time
        worker = Worker(
            bus=self.bus,
            jobs=dict.fromkeys(CONSUMERS, Offers()),
            room_log=RoomLog(cast(ServiceClient, self.service), clock=clock),
            lease=new_lease(name),
            has_lease=lambda: True,
            own_partitions=lambda: list(range(PARTITIONS)),
            owners_changed=asyncio.Event(),
            blocked=AccountFacts("block"),
            edit_window_seconds=3600,
            clock=clock,
            monotonic=clock,
        )
        await worker.listen()
        running = asyncio.create_task(worker.run())
        self.gateway.worker_id = name
        yield
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    async def ask(self, room_id: str, body: AnyCommand) -> Json:
        command = self.gateway.command(ALICE, room_id, body)
        [answer] = await self.gateway.ask(
            replace(command, deadline=asyncio.get_running_loop().time() + COMMAND_SECONDS)
        )
        return answer


def play(story: Callable[[Scene], Awaitable[None]]) -> None:
    async def begin() -> None:
        scene = Scene()
        await scene.gateway.listen("w1", "w2")
        await story(scene)

    loop = VirtualLoop()
    loop.run_until_complete(begin())
    loop.close()
    assert loop.complaints == []


def test_what_is_said_is_stored_where_each_append_takes_three_seconds() -> None:
    async def story(scene: Scene) -> None:
        async with scene.worker("w1"):
            room_id, founded = founding()
            await scene.ask(room_id, founded)
            scene.service.seconds = 3.0
            told = [await scene.ask(room_id, saying(room_id, text)) for text in ("first", "second", "third")]
            before = scene.service.appends
            told.append(await scene.ask(room_id, saying(room_id, "fourth")))

        assert [answer.get("code") for answer in told] == [None] * 4
        assert texts(scene.service.store, room_id) == ["first", "second", "third", "fourth"]
        # By then it is known how long an append takes, and none is asked for twice.
        assert scene.service.appends == before + 1

    play(story)


def test_a_room_is_loaded_where_that_takes_longer_than_two_seconds() -> None:
    async def story(scene: Scene) -> None:
        room_id, founded = founding()
        async with scene.worker("w1"):
            await scene.ask(room_id, founded)
        scene.service.seconds = 2.5
        async with scene.worker("w2"):
            told = await scene.ask(room_id, saying(room_id, "here"))

        assert told["ok"]
        assert texts(scene.service.store, room_id) == ["here"]

    play(story)
