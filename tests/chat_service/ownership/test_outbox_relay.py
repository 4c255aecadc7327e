"""Alerts that a dead worker or broker lost are announced again by whoever owns the room now."""

import asyncio
from typing import Any

import pytest

from chat_service.commit.publisher import Publisher
from chat_service.deciding.rules.owed_consumers import RULES
from chat_service.ownership import outbox_relay
from chat_service.room_log import RoomLog
from chat_service.worker import Worker
from chatflow.http.service_client import ServiceClient
from chatflow.ids import PARTITIONS, partition_of
from chatflow.leases.port import Lease, LeaseTable
from chatflow.wire.outbox import ALERTS, CONSUMERS
from tests.chat_service.edges import Gateway, MemoryBus, Offers
from tests.chat_service.fake_store import FakeStore
from tests.chat_service.people import ALICE, BOB, founding
from tests.chatflow.conditions import until
from tests.contracts.message_store_log import RoomWriter

FIRST, SECOND = Lease("w1", "1"), Lease("w2", "1")


@pytest.fixture
def workers() -> LeaseTable:
    """The table of leases as it would be after reading Redis."""
    table = LeaseTable("redis://127.0.0.1:1", kind="worker", on_change=lambda: None)
    table.live = {lease.id: lease for lease in (FIRST, SECOND)}
    return table


def test_every_partition_has_one_owner(workers: LeaseTable) -> None:
    first, second = outbox_relay.partitions_of(workers, FIRST), outbox_relay.partitions_of(workers, SECOND)
    assert sorted(first + second) == list(range(PARTITIONS))
    assert first
    assert second


def test_each_consumer_has_a_rule_that_says_what_it_is_owed() -> None:
    assert tuple(RULES) == CONSUMERS


async def test_what_is_stored_is_offered_to_each_consumer_that_is_owed_it(bus: MemoryBus) -> None:
    queues = {consumer: Offers() for consumer in (ALERTS, "others")}
    publisher = Publisher(bus, queues, lease=FIRST)
    nowhere: Any = None
    room = RoomWriter(nowhere, owner=ALICE)
    said = [room.message(ALICE, "1", owed_to=["others"]), room.message(ALICE, "2", owed=True, owed_to=["others"])]

    publisher.add_stored([*said, room.joining(BOB, actor=ALICE)])
    publisher.flush()

    assert {consumer: [job.seq for job in queue.jobs] for consumer, queue in queues.items()} == {
        ALERTS: [2, 3],
        "others": [1, 2],
    }


async def test_owners_offer_again_what_is_owed_in_their_partitions(
    worker: Worker, gateway: Gateway, store: FakeStore, workers: LeaseTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox_relay, "OFFER_AGAIN_SECONDS", 0.01)
    room_ids = []
    for _ in range(8):
        room_id, founded = founding(members=[BOB])
        await gateway.ask(gateway.command(ALICE, room_id, founded))
        room_ids.append(room_id)
    offers, client = Offers(), ServiceClient("message_service", store.url, "s" * 32)
    looking = asyncio.create_task(
        outbox_relay.offer_owed_forever(RoomLog(client), {ALERTS: offers}, workers=workers, lease=FIRST)
    )
    own = {room_id for room_id in room_ids if partition_of(room_id) in outbox_relay.partitions_of(workers, FIRST)}
    await until(lambda: len(offers.jobs) >= 2 * len(own))
    looking.cancel()
    await client.close()

    assert {job.room_id for job in offers.jobs} == own
