"""A sink that the service may send to, and a room whose owner has webhooks."""

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from chatflow.ids import new_id
from notification_service.channels.webhook import worker
from notification_service.deciding import hooks
from tests.notification_service.channels.conftest import WITHIN_SECONDS
from tests.notification_service.channels.webhook.sink import Place, Sink, open_sink
from tests.notification_service.message_service_edge import MessageServiceEdge
from tests.notification_service.process import Service, ServiceInside
from tests.notification_service.user_service_edge import UserServiceEdge


@pytest.fixture
async def sink(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Sink]:
    async with open_sink(tmp_path) as sink:
        monkeypatch.setenv("SSL_CERT_FILE", str(sink.certificate))
        yield sink


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hooks, "PAUSE_SECONDS", (0.05,))
    monkeypatch.setattr(worker, "POLL_SECONDS", 0.05)
    monkeypatch.setattr(worker, "OUTAGE_SECONDS", 0.05)


@pytest.fixture
async def hooking(
    tmp_path: Path,
    valkey_url: str,
    edge: MessageServiceEdge,
    users: UserServiceEdge,
    migrated_url: str,
    sink: Sink,
) -> AsyncIterator[Service]:
    """The service, which may dial the sink."""
    service = ServiceInside(tmp_path, redis_url=valkey_url, messages=edge, users=users)
    service.settings["outbound_allowed"] = f"localhost:{sink.port}"
    await service.start()
    yield service
    await service.close()


class Stage:
    """A room of alice's: things happen there, she has webhooks, and looks at how they are."""

    def __init__(self, service: Service, edge: MessageServiceEdge, sink: Sink) -> None:
        self.service = service
        self.logs = edge.logs
        self.alice, self.room_id = new_id(), new_id()
        self._sink = sink
        self.logs.open(self.room_id, owner=self.alice)

    @property
    def path(self) -> str:
        return f"/api/rooms/{self.room_id}/outgoing"

    def say(self, *texts: str) -> list[dict[str, Any]]:
        return self.logs.say(self.room_id, *texts)

    async def ask(self, method: str, rest: str = "", *, status: int = 200, user_id: str = "", **options: Any) -> Any:
        answered, body = await self.service.ask(method, f"{self.path}{rest}", user_id=user_id or self.alice, **options)
        assert answered == status, body
        return body

    async def add(self, *events: str, user_id: str = "") -> tuple[Place, str]:
        """Have a webhook at a new place; return the place and the webhook's id."""
        place = self._sink.open_place()
        wanted = {"url": place.url, "events": events or ["message.created"]}
        made = await self.ask("POST", status=201, user_id=user_id, json=wanted)
        place.secret = made["secret"]
        return place, made["id"]

    async def hook(self, hook_id: str) -> dict[str, Any]:
        [found] = [one for one in (await self.ask("GET"))["items"] if one["id"] == hook_id]
        return dict(found)

    async def see(self, hook_id: str, **wanted: Any) -> dict[str, Any]:
        """Wait until the webhook is like that."""
        deadline = time.monotonic() + WITHIN_SECONDS
        while not wanted.items() <= (seen := await self.hook(hook_id)).items():
            assert time.monotonic() < deadline, seen
        return seen


@pytest.fixture
def stage(hooking: Service, edge: MessageServiceEdge, sink: Sink) -> Stage:
    return Stage(hooking, edge, sink)
