"""Real workers on a real message_service and a real Valkey, killed and stopped."""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import pytest

from chatflow.auth.account_facts.pages import PersonBlocked
from chatflow.bus.opening import open_bus
from chatflow.bus.port import Bus
from chatflow.ids import direct_room_id, new_id
from chatflow.process.settings import Settings
from chatflow.protocol.commands import (
    AddReaction,
    DeleteMessage,
    EditMessage,
    JoinRoom,
    KickMember,
    OpenDirect,
    PinMessage,
)
from tests.chat_service.edges import Gateway
from tests.chat_service.people import ALICE, BOB, CAROL, saying
from tests.chat_service.processes import running
from tests.chat_service.talk import found_room, seqs
from tests.chatflow.conditions import until
from tests.message_service.user_service_edge import UserServiceEdge


@pytest.fixture
async def bus(valkey_url: str) -> AsyncIterator[Bus]:
    bus = open_bus(Settings(redis_url=valkey_url), on_gap=lambda: None)
    await bus.start()
    yield bus
    await bus.close()


@pytest.fixture
async def gateway(bus: Bus) -> Gateway:
    gateway = Gateway(bus, f"g-{new_id()}")
    await gateway.listen("w1", "w2")
    return gateway


@pytest.fixture
async def store_url(tmp_path: Path) -> AsyncIterator[str]:
    store = {"CHATFLOW_MESSAGE_STORE_URL": f"sqlite:///{tmp_path}/messages.db"}
    async with running("message_service", log=tmp_path / "message_service.log", **store) as (_, url):
        yield url


@pytest.fixture
def users() -> Iterator[UserServiceEdge]:
    edge = UserServiceEdge()
    with edge.served():
        yield edge


@pytest.fixture
def worker_settings(valkey_url: str, store_url: str, users: UserServiceEdge) -> dict[str, str]:
    return {
        "CHATFLOW_REDIS_URL": valkey_url,
        "CHATFLOW_MESSAGE_SERVICE_URL": store_url,
        "CHATFLOW_USER_SERVICE_URL": users.url,
    }


async def test_a_conversation_with_everything_in_it(
    gateway: Gateway, worker_settings: dict[str, str], tmp_path: Path
) -> None:
    own = {"CHATFLOW_PROCESS_NAME": "w1", **worker_settings}
    async with running("chat_service", log=tmp_path / "w1.log", **own) as (_, url):
        room_id = await found_room(gateway, BOB)
        sent = await gateway.ask(*(gateway.command(BOB, room_id, saying(room_id, f"{n}")) for n in range(200)))
        first = sent[0]["id"]
        done = await gateway.ask(
            gateway.command(ALICE, room_id, AddReaction(room_id=room_id, id=first, emoji="👍")),
            gateway.command(ALICE, room_id, PinMessage(room_id=room_id, id=first)),
            gateway.command(BOB, room_id, EditMessage(room_id=room_id, id=first, text="better")),
            gateway.command(ALICE, room_id, saying(room_id, f"<@{BOB}>", reply_to=first)),
            gateway.command(ALICE, room_id, DeleteMessage(room_id=room_id, id=first)),
            gateway.command(ALICE, room_id, KickMember(room_id=room_id, user_id=BOB)),
        )
        refused = await gateway.ask(gateway.command(BOB, room_id, saying(room_id)))
        async with aiohttp.ClientSession() as session, session.get(f"{url}/metrics") as response:
            metrics = await response.text()

    assert seqs(sent) == list(range(3, 203))
    assert seqs(done) == list(range(203, 209))
    assert refused[0]["code"] == "not_a_member"
    assert [event.seq for event in gateway.events] == list(range(1, 209))
    assert 'chatflow_commands_total{outcome="refused"} 1.0' in metrics


async def test_a_worker_that_nobody_tells_of_blocks_decides_what_needs_none_and_then_goes_on_by_what_it_knows(
    gateway: Gateway, worker_settings: dict[str, str], users: UserServiceEdge, tmp_path: Path
) -> None:
    own = {"CHATFLOW_PROCESS_NAME": "w1", **worker_settings}
    room_id, blocked = direct_room_id([ALICE, BOB]), direct_room_id([ALICE, CAROL])
    users.facts.append(PersonBlocked(ALICE, CAROL, True))
    users.is_away = True
    async with AsyncExitStack() as stack:
        starting = asyncio.create_task(
            stack.enter_async_context(running("chat_service", log=tmp_path / "w1.log", **own))
        )
        await until(lambda: users.asked > 3, within_seconds=20.0)
        await until(lambda: "taking commands" in (tmp_path / "w1.log").read_text(), within_seconds=30.0)
        group = await found_room(gateway, BOB)
        [in_group] = await gateway.ask(gateway.command(BOB, group, saying(group)))
        [unknown] = await gateway.ask(gateway.command(CAROL, blocked, OpenDirect(user_ids=[ALICE])))
        was_away = not starting.done()
        users.is_away = False
        await starting
        await gateway.ask(gateway.command(ALICE, room_id, OpenDirect(user_ids=[BOB])))
        users.is_away = True
        asked = users.asked
        await until(lambda: users.asked > asked + 1)
        [sent] = await gateway.ask(gateway.command(ALICE, room_id, saying(room_id)))
        [refused] = await gateway.ask(gateway.command(CAROL, blocked, OpenDirect(user_ids=[ALICE])))

    assert was_away
    assert (in_group["ok"], unknown["code"]) == (True, "unavailable")
    assert (sent["ok"], refused["code"]) == (True, "forbidden")


async def test_a_worker_that_is_killed_loses_nothing_that_it_acknowledged(
    gateway: Gateway, worker_settings: dict[str, str], tmp_path: Path
) -> None:
    async with AsyncExitStack() as stack:
        (first, _), _ = await asyncio.gather(
            *(
                stack.enter_async_context(
                    running("chat_service", log=tmp_path / f"{name}.log", CHATFLOW_PROCESS_NAME=name, **worker_settings)
                )
                for name in ("w1", "w2")
            )
        )
        room_id = await found_room(gateway)
        commands = [gateway.command(ALICE, room_id, saying(room_id, f"{n}"), number=n + 2, floor=2) for n in range(300)]
        gateway.send(*commands[:150])
        await until(lambda: len(gateway.replies) > 1)
        gateway.send(*commands[150:])
        first.send_signal(signal.SIGKILL)
        await first.wait()
        acknowledged = dict(gateway.replies)
        gateway.worker_id = "w2"
        # What a gateway does once it sees another owner: the same commands, in order, from the first unanswered.
        floor = min(command.number for command in commands if (command.lane, command.number) not in acknowledged)
        again = [
            gateway.command(ALICE, room_id, command.body, op=command.op, number=command.number, floor=floor, attempt=2)
            for command in commands[floor - 2 :]
        ]
        gateway.send(*again)
        answers = await gateway.answers(*commands)

    assert seqs(answers) == list(range(2, 302))


async def test_a_worker_asked_to_stop_answers_what_it_took(
    gateway: Gateway, worker_settings: dict[str, str], tmp_path: Path
) -> None:
    own = {"CHATFLOW_PROCESS_NAME": "w1", **worker_settings}
    async with running("chat_service", log=tmp_path / "w1.log", **own) as (worker, _):
        room_id = await found_room(gateway)
        commands = [gateway.command(ALICE, room_id, saying(room_id, f"{n}")) for n in range(500)]
        gateway.send(*commands)
        await until(lambda: len(gateway.replies) > 1)
        worker.send_signal(signal.SIGTERM)
        status = await worker.wait()
        answers = await gateway.answers(*commands)

    assert status == 0
    assert seqs(answers) == list(range(2, 502))
    assert [event.seq for event in gateway.events] == list(range(1, 502))


async def test_a_new_owner_learns_of_a_room_from_its_log_alone(
    gateway: Gateway, worker_settings: dict[str, str], tmp_path: Path
) -> None:
    async with running("chat_service", log=tmp_path / "w1.log", CHATFLOW_PROCESS_NAME="w1", **worker_settings):
        room_id = await found_room(gateway, BOB)
        [first] = await gateway.ask(gateway.command(BOB, room_id, saying(room_id)))
    gateway.worker_id = "w2"
    async with running("chat_service", log=tmp_path / "w2.log", CHATFLOW_PROCESS_NAME="w2", **worker_settings):
        [joined] = await gateway.ask(gateway.command(BOB, room_id, JoinRoom(room_id=room_id)))
        [second] = await gateway.ask(gateway.command(ALICE, room_id, saying(room_id, reply_to=first["id"])))

    assert joined["seq"] == first["seq"] == 3
    assert (second["seq"], second["n"]) == (4, 2)
