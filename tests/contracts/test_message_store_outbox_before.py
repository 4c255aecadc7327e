"""The outbox and a program from before it had consumers, which runs beside this one or after it: it means alerts."""

import math
from collections.abc import Callable

import pytest

from chatflow.ids import partition_of
from chatflow.wire.outbox import ALERTS, Job
from message_service.stores.port import MessageStore
from tests.contracts.message_store_log import RoomLog
from tests.contracts.newer_version import mongodb_database, server_of, sqlite_file

OTHERS = "others"


def owe_on_sqlite(url: str, job: Job) -> None:
    with sqlite_file(url) as db:
        db.executemany(
            "INSERT INTO owed (room_id, seq, since, partition) VALUES (?, ?, ?, ?)",
            [(job.room_id, job.seq, 1000.0, partition_of(job.room_id))],
        )


def owe_on_mongodb(url: str, job: Job) -> None:
    owed = {"since": 1000.0, "partition": partition_of(job.room_id)}
    with mongodb_database(url) as db:
        db["events"].update_one({"room_id": job.room_id, "seq": job.seq}, {"$set": {"owed": owed}})


def owed_on_sqlite(url: str) -> list[Job]:
    with sqlite_file(url) as db:
        return [
            Job(*row)
            for row in db.execute(
                "SELECT room_id, seq FROM owed WHERE since <= ? ORDER BY since, room_id, seq LIMIT ?", (math.inf, 10)
            )
        ]


def owed_on_mongodb(url: str) -> list[Job]:
    with mongodb_database(url) as db:
        found = db["events"].find({"owed.since": {"$lte": math.inf}}).sort([("owed.since", 1)])
        return [Job(document["room_id"], document["seq"]) for document in found]


def clear_on_sqlite(url: str, job: Job) -> None:
    with sqlite_file(url) as db:
        db.executemany("DELETE FROM owed WHERE room_id = ? AND seq = ?", [(job.room_id, job.seq)])


def clear_on_mongodb(url: str, job: Job) -> None:
    with mongodb_database(url) as db:
        db["events"].update_many({"$or": [{"room_id": job.room_id, "seq": job.seq}]}, {"$unset": {"owed": ""}})


OWE: dict[str, Callable[[str, Job], None]] = {"sqlite": owe_on_sqlite, "mongodb": owe_on_mongodb}
OWED: dict[str, Callable[[str], list[Job]]] = {"sqlite": owed_on_sqlite, "mongodb": owed_on_mongodb}
CLEAR: dict[str, Callable[[str, Job], None]] = {"sqlite": clear_on_sqlite, "mongodb": clear_on_mongodb}


def owed(store: MessageStore, consumer: str = ALERTS) -> list[Job]:
    return store.owed(limit=10, until=math.inf, partitions=None, consumer=consumer)


@pytest.fixture
def server(message_store_url: str) -> str:
    return server_of(message_store_url)


def test_what_an_older_program_writes_is_owed_to_alerts(
    room: RoomLog, message_store_url: str, server: str, alice: str
) -> None:
    job = Job(room.room_id, room.say(alice, "1").seq)
    OWE[server](message_store_url, job)

    assert (owed(room.store), room.store.owed_since(ALERTS), owed(room.store, OTHERS)) == ([job], 1000.0, [])
    room.store.clear_owed([job], consumer=OTHERS)
    assert owed(room.store) == [job]
    room.store.clear_owed([job])
    assert (owed(room.store), OWED[server](message_store_url)) == ([], [])


def test_an_older_program_finds_and_clears_the_alerts_of_this_one(
    room: RoomLog, message_store_url: str, server: str, alice: str
) -> None:
    job = Job(room.room_id, room.say(alice, "1", owed=True).seq)
    assert OWED[server](message_store_url) == [job]

    CLEAR[server](message_store_url, job)
    assert owed(room.store) == []
