"""The service beside a real message_service: what the log owes is told, and then it owes nothing more."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from chatflow.http.service_client import ServiceClient
from chatflow.ids import new_id
from chatflow.protocol.events import MessageCreated, RoomCreated
from chatflow.protocol.objects import Member, Mentions, Message, Room
from chatflow.wire.log import Append, AppendAnswer, Entry, Run, Step
from chatflow.wire.outbox import OwedAnswer, OwedRequest
from tests.chatflow.conditions import until
from tests.notification_service.conftest import Sockets
from tests.notification_service.message_service_edge import SECRET, MessageServiceEdge
from tests.notification_service.process import ServiceInside
from tests.notification_service.user_service_edge import UserServiceEdge
from tests.servers.ports import find_free_port

ALICE, BOB, ROOM = new_id(), new_id(), new_id()
AT = "2026-11-20T10:00:00.000Z"
READY_WITHIN_SECONDS = 30.0


@pytest.fixture
async def messages(tmp_path: Path, valkey_url: str, users: UserServiceEdge) -> AsyncIterator[ServiceClient]:
    """message_service as a process, and a client of it."""
    port = find_free_port()
    settings = {
        "CHATFLOW_PORT": str(port),
        "CHATFLOW_DATA_DIR": str(tmp_path),
        "CHATFLOW_REDIS_URL": valkey_url,
        "CHATFLOW_USER_SERVICE_URL": users.url,
        "CHATFLOW_SERVICE_SECRET": SECRET,
        "CHATFLOW_DJANGO_SECRET_KEY": SECRET,
    }
    log = tmp_path / "message_service.log"
    with log.open("wb") as file:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "message_service", env=os.environ | settings, stdout=file, stderr=file
        )
    async with asyncio.timeout(READY_WITHIN_SECONDS):
        while not await answers(f"http://127.0.0.1:{port}/ready"):
            assert process.returncode is None, log.read_text()
            await asyncio.sleep(0.05)
    client = ServiceClient("message_service", f"http://127.0.0.1:{port}", SECRET)
    yield client
    await client.close()
    process.kill()
    await process.wait()


@pytest.mark.usefixtures("migrated_sqlite")
async def test_what_the_log_owes_is_told_and_cleared(
    tmp_path: Path, valkey_url: str, messages: ServiceClient, users: UserServiceEdge, sockets: Sockets
) -> None:
    await append(messages, creation(), owed=False)
    await append(messages, message(f"<@{BOB}> look"), owed=True)
    edge = MessageServiceEdge()
    edge.port = int(messages._base_url.rpartition(":")[2])
    service = ServiceInside(tmp_path, redis_url=valkey_url, messages=edge, users=users)
    await service.start()

    await until(lambda: len(sockets.told) == 1)
    [signal] = sockets.told
    _, page = await service.ask("GET", "/api/notifications", user_id=BOB)
    await service.close()
    owed = await messages.call("/internal/owed", OwedRequest(), OwedAnswer)

    assert (signal.user_id, signal.payload["kind"]) == (BOB, "mention")
    assert [(item["room_id"], item["seq"], item["actor"]) for item in page["items"]] == [(ROOM, 2, ALICE)]
    assert owed.jobs == []


async def append(messages: ServiceClient, event: RoomCreated | MessageCreated, *, owed: bool) -> None:
    entry = Entry(id=new_id(), op=f"c:{event.seq}", owed=owed, event=event)
    run = Run(room_id=ROOM, expected_head=event.seq - 1, steps=[Step(entry)])
    answer = await messages.call("/internal/append", Append(deadline=time.time() + 10, runs=[run]), AppendAnswer)
    assert answer.results[0].applied == 1


def creation() -> RoomCreated:
    room = Room(
        id=ROOM,
        kind="channel",
        name="general",
        topic="",
        private=False,
        archived=False,
        member_count=2,
        head=1,
        n=0,
        retention_days=None,
        history="all",
    )
    people = [Member(ALICE, "owner"), Member(BOB, "member")]
    return RoomCreated(room_id=ROOM, seq=1, n=0, actor=ALICE, at=AT, room=room, members=people)


def message(text: str) -> MessageCreated:
    said = Message(
        id=new_id(), room_id=ROOM, seq=2, n=1, cid="1", sender=ALICE, text=text, at=AT, mentions=Mentions(users=[BOB])
    )
    return MessageCreated(room_id=ROOM, seq=2, n=1, actor=ALICE, at=AT, message=said)


async def answers(url: str) -> bool:
    try:
        async with aiohttp.ClientSession() as session, session.get(url) as response:
            return response.status == 200
    except aiohttp.ClientError:
        return False
