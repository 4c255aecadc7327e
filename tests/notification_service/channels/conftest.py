"""A push service of the tests' own that the service may dial, and people with browsers there."""

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from chatflow.ids import new_id
from chatflow.wire.outbox import Job
from notification_service.channels import worker
from notification_service.channels.web_push import worker as push_worker
from tests.chatflow.conditions import until
from tests.notification_service.channels.push_service import Browser, PushService, open_push_service
from tests.notification_service.message_service_edge import MessageServiceEdge, details_about, recipient
from tests.notification_service.process import Service, ServiceInside
from tests.notification_service.user_service_edge import UserServiceEdge

SUBSCRIPTIONS = "/api/notifications/push/subscriptions"
# A loaded machine takes its time.
WITHIN_SECONDS = 30.0


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What differs between the databases is tested with the stores."""
    return sqlite_url


@pytest.fixture
async def push(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[PushService]:
    async with open_push_service(tmp_path) as push:
        monkeypatch.setenv("SSL_CERT_FILE", str(push.certificate))
        yield push


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push_worker, "PAUSE_SECONDS", (0.05,))
    monkeypatch.setattr(worker, "RETRY_SECONDS", 0.05)
    monkeypatch.setattr(worker, "POLL_SECONDS", 0.05)
    # So short as the pauses are, there are as many more of them.
    monkeypatch.setattr(worker, "ATTEMPTS_AT_MOST", 100_000)


@pytest.fixture
async def pushing(
    tmp_path: Path,
    valkey_url: str,
    edge: MessageServiceEdge,
    users: UserServiceEdge,
    migrated_url: str,
    push: PushService,
) -> AsyncIterator[Service]:
    """The service, which may dial the push service."""
    service = ServiceInside(tmp_path, redis_url=valkey_url, messages=edge, users=users)
    service.settings["outbound_allowed"] = f"localhost:{push.port}"
    service.settings["public_url"] = "https://chat.example.com"
    await service.start()
    yield service
    await service.close()


class Stage:
    """What a test does: people subscribe, are called, and look at what became of it."""

    def __init__(self, service: Service, edge: MessageServiceEdge, push: PushService) -> None:
        self.service = service
        self.push = push
        self.bob = new_id()
        self._edge = edge

    async def subscribe(self, browser: Browser | None = None, *, user_id: str = "", **more: Any) -> tuple[Browser, str]:
        """Subscribe a browser of bob, unless it is somebody else's; return it with the id of the subscription."""
        browser = browser or self.push.open_browser()
        status, made = await self.service.ask(
            "POST", SUBSCRIPTIONS, user_id=user_id or self.bob, json=browser.subscription | more
        )
        assert status == 201, made
        return browser, made["id"]

    async def call(self, *seqs: int, room_id: str = "room", text: str = "only here", **more: Any) -> None:
        """Let bob be mentioned by alice, and wait until nothing is owed."""
        for seq in seqs:
            details = details_about(Job(room_id, seq), recipient(self.bob, **more))
            assert details.event is not None
            details.event["message"] |= {"text": text, "mentions": {"users": [self.bob]}}
            self._edge.store(details)
        await until(lambda: not self._edge.owed, within_seconds=WITHIN_SECONDS)

    async def deliveries(self) -> dict[int, list[tuple[str, str | None]]]:
        """Return by seq what bob sees of how he was told of it."""
        _, page = await self.service.ask("GET", "/api/notifications", user_id=self.bob)
        return {
            item["seq"]: [(one["state"], one.get("reason")) for one in item.get("deliveries", [])]
            for item in page["items"]
        }

    async def see(self, wanted: dict[int, list[tuple[str, str | None]]]) -> None:
        """Wait until bob sees this."""
        deadline = time.monotonic() + WITHIN_SECONDS
        while (seen := await self.deliveries()) != wanted:
            assert time.monotonic() < deadline, seen


@pytest.fixture
def stage(pushing: Service, edge: MessageServiceEdge, push: PushService) -> Stage:
    return Stage(pushing, edge, push)
