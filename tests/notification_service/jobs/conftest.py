"""A taker of jobs on real parts."""

from collections.abc import AsyncIterator

import pytest

from chatflow.bus.redis import RedisBus
from notification_service.jobs import batch_attempts
from notification_service.stores.database import Database
from tests.notification_service.jobs.taker import Taker
from tests.notification_service.message_service_edge import MessageServiceEdge


@pytest.fixture
async def taker(database: Database, bus: RedisBus, edge: MessageServiceEdge) -> AsyncIterator[Taker]:
    taker = Taker(database, bus, edge)
    yield taker
    await taker.client.close()


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_attempts, "PAUSE_SECONDS", (0.01,))
    # However slow the machine is: who tries what happens afterwards says so.
    monkeypatch.setattr(batch_attempts, "GIVE_BACK_AFTER_SECONDS", 3600.0)
