"""The product sends what happens in a room to another program, as members are told it, from setting up to the end."""

import asyncio
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.actors import Actor
from tests.actors.answers import Json
from tests.checker.history import HistoryWriter
from tests.journeys.scales import ONE, Scale
from tests.journeys.system import System, open_system
from tests.notification_service.channels.push_service import refusing, taken
from tests.notification_service.channels.webhook.sink import Sink
from tests.servers.certificates import make_certificate

pytestmark = pytest.mark.scales(ONE)

# A loaded machine takes its time.
WITHIN_SECONDS = 60.0
WANTED = ["message.created", "message.edited", "member.joined", "room.updated"]


@pytest.fixture
def sink(tmp_path: Path) -> Sink:
    """The sink before it answers."""
    return Sink(make_certificate(tmp_path))


@pytest.fixture
def reaching(scale: Scale, tmp_path: Path, sink: Sink) -> Iterator[System]:
    """The product, which may dial the sink and believes its certificate."""
    settings = {
        **scale.settings,
        "CHATFLOW_OUTBOUND_ALLOWED": f"localhost:{sink.port}",
        "SSL_CERT_FILE": str(sink.certificate),
    }
    with open_system(tmp_path / "system", settings=settings) as system:
        yield system


async def test_what_happens_in_a_room_reaches_another_program(
    reaching: System, sink: Sink, writer: HistoryWriter, keeps_connections: bool
) -> None:
    async with (
        sink.serving(),
        Actor(reaching.url, "alice", writer=writer, keeps_connections=keeps_connections) as alice,
        Actor(reaching.url, "bob", writer=writer, keeps_connections=keeps_connections) as bob,
    ):
        await alice.register()
        await bob.register()
        phone, laptop = await alice.connect(), await bob.connect()
        room_id = await phone.create_room("harbour", kind="channel")
        path, place = f"/api/rooms/{room_id}/outgoing", sink.open_place()
        made = await alice.rest.post(path, {"url": place.url, "events": WANTED})
        place.secret = made["secret"]
        place.answer = refusing(503)

        said = await phone.send(room_id, "안녕, **harbour**")
        await phone.request("message:edit", {"room_id": room_id, "id": said["id"], "text": "changed"})
        await laptop.request("room:join", {"room_id": room_id})
        await hook_when(alice, path, lambda hook: hook["failures"] > 0)
        place.answer = taken
        await alice.rest.post(f"{path}/{made['id']}/resume", {})
        await phone.request("room:update", {"room_id": room_id, "archived": True})

        hook = await hook_when(alice, path, lambda hook: hook["state"] == "paused")
        log = (await alice.rest.get(f"/api/rooms/{room_id}/events"))["items"]

    assert (hook["reason"], hook["delivered_seq"]) == ("archived", log[-1]["seq"])
    assert [sent.event for sent in place.taken] == [event for event in log if event["type"] in WANTED]
    assert [sent.event["type"] for sent in place.taken] == WANTED


async def hook_when(actor: Actor, path: str, condition: Callable[[Json], bool]) -> Json:
    """Wait until the only webhook is like that, and return it."""
    deadline = time.monotonic() + WITHIN_SECONDS
    while not condition(hook := (await actor.rest.get(path))["items"][0]):
        assert time.monotonic() < deadline, hook
        await asyncio.sleep(0.05)
    return dict(hook)
