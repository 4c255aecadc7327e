"""Whatever moment a process dies at, each event is sent, in order, and what comes twice has the same id."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from notification_service.stores.database import Database
from notification_service.stores.models import StoredHook
from tests.chatflow.conditions import until
from tests.notification_service.channels.conftest import WITHIN_SECONDS
from tests.notification_service.channels.push_service import taken
from tests.notification_service.channels.webhook.conftest import Stage
from tests.notification_service.channels.webhook.sink import Sink
from tests.notification_service.message_service_edge import MessageServiceEdge
from tests.notification_service.process import ServiceProcess
from tests.notification_service.user_service_edge import UserServiceEdge


@pytest.fixture
async def process(
    tmp_path: Path, valkey_url: str, edge: MessageServiceEdge, users: UserServiceEdge, migrated_url: str, sink: Sink
) -> AsyncIterator[ServiceProcess]:
    process = ServiceProcess(tmp_path, redis_url=valkey_url, messages=edge, users=users)
    process.settings["outbound_allowed"] = f"localhost:{sink.port}"
    process.settings["notification_database_url"] = migrated_url
    await process.start()
    yield process
    await process.close()


async def end_leases(database: Database) -> None:
    await database.read(lambda: StoredHook.objects.update(due_at=""))


async def test_what_was_taken_when_the_process_was_killed_comes_again_under_its_id(
    process: ServiceProcess, edge: MessageServiceEdge, sink: Sink, database: Database
) -> None:
    stage = Stage(process, edge, sink)
    place, hook_id = await stage.add()

    async def taken_and_killed(request: web.Request) -> web.Response:
        # It was taken, and whoever sent it never hears of that.
        process.process.kill()
        await process.process.wait()
        place.answer = taken
        return await taken(request)

    stage.say("one")
    await until(lambda: len(place.taken) == 1, within_seconds=WITHIN_SECONDS)
    await stage.see(hook_id, delivered_seq=1)
    place.answer = taken_and_killed
    stage.say("two", "three")
    await until(lambda: len(place.taken) == 2, within_seconds=WITHIN_SECONDS)

    await end_leases(database)
    await process.start()

    await until(lambda: len(place.taken) == 4, within_seconds=WITHIN_SECONDS)
    assert place.texts == ["one", "two", "two", "three"]
    ids = [sent.id for sent in place.taken]
    assert ids[1] == ids[2]
    assert len(set(ids)) == 3


async def test_kills_at_any_moment_lose_nothing_and_keep_the_order(
    process: ServiceProcess, edge: MessageServiceEdge, sink: Sink, database: Database
) -> None:
    stage = Stage(process, edge, sink)
    place, _ = await stage.add()
    texts = [f"message {number}" for number in range(60)]
    stage.say(*texts)

    for count in (7, 29, 44):
        await until(lambda: len(place.taken) >= count, within_seconds=WITHIN_SECONDS)  # noqa: B023 - awaited here
        process.process.kill()
        await process.process.wait()
        await end_leases(database)
        await process.start()
    last = texts[-1]
    await until(lambda: last in place.texts, within_seconds=WITHIN_SECONDS)

    came: dict[str, str] = {}
    for sent in place.taken:
        came.setdefault(sent.id, sent.event["message"]["text"])
        assert came[sent.id] == sent.event["message"]["text"]
    assert list(came.values()) == texts
    # At each kill at most the one that was on its way comes again.
    assert len(place.taken) <= len(texts) + 3
