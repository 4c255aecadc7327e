"""Whoever blocks somebody is not told of what comes from them, and can read why."""

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

from chatflow.auth.account_facts.pages import PersonBlocked
from chatflow.ids import new_id
from chatflow.wire.outbox import Job
from tests.chatflow.conditions import until
from tests.notification_service.conftest import Sockets
from tests.notification_service.message_service_edge import MessageServiceEdge, details_about, recipient
from tests.notification_service.process import Service, ServiceInside
from tests.notification_service.user_service_edge import UserServiceEdge

BOB, CAROL = new_id(), new_id()


async def test_what_comes_from_somebody_whom_one_blocks_is_not_told_and_why(
    service: Service, edge: MessageServiceEdge, users: UserServiceEdge, sockets: Sockets
) -> None:
    async def alert_from_carol(seq: int) -> None:
        edge.store(details_about(Job("room", seq), recipient(BOB), actor=CAROL))
        await until(lambda: not edge.owed)

    async def suppressed() -> list[Any]:
        _, page = await service.ask("GET", "/api/notifications?suppressed=true", user_id=BOB)
        return list(page["items"])

    seq = 1
    users.facts.append(PersonBlocked(BOB, CAROL, True))
    begun = time.monotonic()
    while not await suppressed():
        await alert_from_carol(seq)
        seq += 1
    took_seconds = time.monotonic() - begun
    [item, *_] = await suppressed()
    _, why = await service.ask("GET", f"/api/notifications/{item['id']}/why", user_id=BOB)
    users.facts.append(PersonBlocked(BOB, CAROL, False))
    told = len(sockets.told)
    while len(sockets.told) == told:
        await alert_from_carol(seq)
        seq += 1

    assert took_seconds < 2
    assert (why["suppressed"], why["explanation"]) == (
        "blocked",
        "You were mentioned. You block whoever it came from.",
    )


@pytest.mark.usefixtures("migrated_sqlite")
async def test_nobody_is_told_of_anything_before_it_is_known_whom_they_block(
    tmp_path: Path, valkey_url: str, edge: MessageServiceEdge, users: UserServiceEdge, sockets: Sockets
) -> None:
    users.facts.append(PersonBlocked(BOB, CAROL, True))
    users.is_away = True
    service = ServiceInside(tmp_path, redis_url=valkey_url, messages=edge, users=users)
    edge.store(details_about(Job("room", 1), recipient(BOB), actor=CAROL))
    starting = asyncio.create_task(service.start())
    await until(lambda: users.asked > 3)
    waiting = list(edge.owed)
    users.is_away = False
    await starting
    await until(lambda: not edge.owed)
    _, page = await service.ask("GET", "/api/notifications?suppressed=true", user_id=BOB)
    await service.close()

    assert len(waiting) == 1
    assert [item["suppressed"] for item in page["items"]] == ["blocked"]
    assert sockets.told == []
