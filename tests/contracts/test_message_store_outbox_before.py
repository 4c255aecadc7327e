"""The outbox and a program from before it had consumers, which runs beside this one or after it: it means alerts.

On SQLite no such program can open the store.
"""

import math
from pathlib import Path

import pytest

from chatflow.ids import partition_of
from chatflow.wire.outbox import ALERTS, Job
from message_service.stores.port import MessageStore
from tests.contracts.message_store_log import RoomLog
from tests.contracts.message_store_profiles import store_url
from tests.contracts.newer_version import mongodb_database

OTHERS = "others"


def owe_as_before(url: str, job: Job) -> None:
    owed = {"since": 1000.0, "partition": partition_of(job.room_id)}
    with mongodb_database(url) as db:
        db["events"].update_one({"room_id": job.room_id, "seq": job.seq}, {"$set": {"owed": owed}})


def owed_as_before(url: str) -> list[Job]:
    with mongodb_database(url) as db:
        found = db["events"].find({"owed.since": {"$lte": math.inf}}).sort([("owed.since", 1)])
        return [Job(document["room_id"], document["seq"]) for document in found]


def clear_as_before(url: str, job: Job) -> None:
    with mongodb_database(url) as db:
        db["events"].update_many({"$or": [{"room_id": job.room_id, "seq": job.seq}]}, {"$unset": {"owed": ""}})


def owed(store: MessageStore, consumer: str = ALERTS) -> list[Job]:
    return store.owed(limit=10, until=math.inf, partitions=None, consumer=consumer)


@pytest.fixture
def message_store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return store_url("mongodb", folder=tmp_path, request=request)


def test_what_an_older_program_writes_is_owed_to_alerts(room: RoomLog, message_store_url: str, alice: str) -> None:
    job = Job(room.room_id, room.say(alice, "1").seq)
    owe_as_before(message_store_url, job)

    assert (owed(room.store), room.store.owed_since(ALERTS), owed(room.store, OTHERS)) == ([job], 1000.0, [])
    room.store.clear_owed([job], consumer=OTHERS)
    assert owed(room.store) == [job]
    room.store.clear_owed([job])
    assert (owed(room.store), owed_as_before(message_store_url)) == ([], [])


def test_an_older_program_finds_and_clears_the_alerts_of_this_one(
    room: RoomLog, message_store_url: str, alice: str
) -> None:
    job = Job(room.room_id, room.say(alice, "1", owed=True).seq)
    assert owed_as_before(message_store_url) == [job]

    clear_as_before(message_store_url, job)
    assert owed(room.store) == []
