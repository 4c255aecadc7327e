"""What is decided by reading cannot be told by a primary that others have replaced.

There is no second server here, so what the driver sends is looked at: a read says which time it is to be of, at least,
and by a majority; and where something is decided, that time is of a write behind the question, which only the real
primary can have confirmed.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import pytest

from chatflow.errors import Unavailable
from chatflow.ids import PARTITIONS, new_id
from chatflow.wire.log import Check, LoadRoom
from chatflow.wire.outbox import Job
from chatflow.wire.personal import HideWrite
from message_service.retention.log_clock import RetentionTime
from message_service.stores.mongodb.causal_sessions import CausalSessions
from message_service.stores.mongodb.store import MongodbStore
from tests.contracts.message_store_log import RoomLog, in_time
from tests.contracts.mongodb_cut import open_cut
from tests.message_service.stores.mongodb.commands import READS, Command, heard_of
from tests.message_service.stores.mongodb.everything import ask_everything

ALL = range(PARTITIONS)
Reading = Callable[[RoomLog], object]

# What owners of rooms, gateways and the clock are told: they act on it, and no later write would show that it was old.
DECIDING: dict[str, Reading] = {
    "load": lambda room: room.loaded(),
    "people": lambda room: room.store.people([room.owner], limit=5),
    "rows": lambda room: room.row(room.owner),
    "versions": lambda room: room.store.versions([room.owner]),
    "events": lambda room: room.events(),
    "recent heads": lambda room: room.store.recent_heads(since=0.0, partitions=ALL, limit=5),
    "clock mark": lambda room: room.store.clock_mark(),
    "trims": lambda room: room.store.trims_due(time=RetentionTime(now=1.0), partitions=ALL, after="", limit=5),
    "owed": lambda room: room.store.owed(limit=5, until=in_time(), partitions=None),
    "alert details": lambda room: room.store.alert_details([Job(room.room_id, 1)]),
    "personal write": lambda room: room.store.write_personal(
        [HideWrite(user_id=room.owner, room_id=room.room_id, seq=1)]
    ),
    # Of an append that writes nothing: the op is known, the check holds, the head is behind.
    "known op": lambda room: room.known(room.owner, "c:1"),
    "check": lambda room: room.append(Check(actor=room.owner, op="c:2")),
    "refusal": lambda room: room.append(Check(actor=room.owner, op="c:2"), expected_head=1),
}


def is_read(command: Command) -> bool:
    return command.name in READS


def test_every_read_is_of_a_majority_and_of_a_time_that_was_seen(store: MongodbStore, database_url: str) -> None:
    with heard_of(database_url) as heard:
        ask_everything(store)

    concerns = [command.body["readConcern"] for command in heard if is_read(command)]
    assert len(concerns) > 100
    assert {concern["level"] for concern in concerns} == {"majority"}
    times = [concern["afterClusterTime"] for concern in concerns]
    # Whoever comes later sees no less.
    assert times == sorted(times)


def test_every_write_is_confirmed_by_a_majority_and_in_its_journal(store: MongodbStore, database_url: str) -> None:
    with heard_of(database_url) as heard:
        ask_everything(store)

    written = [command for command in heard if "writeConcern" in command.body and not command.is_fence]
    assert {command.name for command in written} == {"insert", "update", "delete"}
    assert {(one.body["writeConcern"]["w"], one.body["writeConcern"]["j"]) for one in written} == {("majority", True)}
    assert [one for one in heard if not is_read(one) and "writeConcern" not in one.body] == []


@pytest.mark.parametrize("reading", DECIDING.values(), ids=DECIDING.keys())
def test_what_is_decided_is_read_behind_a_write_that_a_majority_confirmed(
    store: MongodbStore, database_url: str, reading: Reading
) -> None:
    room = RoomLog(store, owner=new_id())
    room.begin()
    room.say(room.owner, "once", op="c:1", owed=True)

    with heard_of(database_url) as heard:
        reading(room)

    [fence] = [number for number, command in enumerate(heard) if command.is_fence]
    assert heard[fence].body["writeConcern"]["w"] == "majority"
    before, behind = heard[:fence], heard[fence + 1 :]
    assert any(is_read(command) for command in behind)
    earlier = [command.body["readConcern"]["afterClusterTime"] for command in before if is_read(command)]
    later = [command.body["readConcern"]["afterClusterTime"] for command in behind if is_read(command)]
    # The first read behind it already asks for its time.
    assert min(later) > max(earlier, default=time_of_last_write(store, heard))


def time_of_last_write(store: MongodbStore, heard: list[Command]) -> Any:
    """Return what the fence itself was sent with: what was known before it."""
    [fence] = [command for command in heard if command.is_fence]
    return fence.body["$clusterTime"]["clusterTime"]


def test_an_append_that_writes_needs_no_fence(store: MongodbStore, database_url: str) -> None:
    """Its entries go into the slots behind the head that was read, or not at all."""
    room = RoomLog(store, owner=new_id())
    room.begin()

    with heard_of(database_url) as heard:
        room.say(room.owner, "hi")

    assert [command for command in heard if command.is_fence] == []


def test_an_outbox_that_owes_nothing_is_asked_without_a_write(store: MongodbStore, database_url: str) -> None:
    room = RoomLog(store, owner=new_id())
    room.begin()
    room.say(room.owner, "hi")

    with heard_of(database_url) as heard:
        owed = [store.owed(limit=5, until=in_time(), partitions=None, consumer="webhooks") for _ in range(3)]

    assert owed == [[]] * 3
    assert {is_read(command) for command in heard} == {True}


def test_nothing_is_decided_where_no_majority_confirms_the_fence(store: MongodbStore, database_url: str) -> None:
    room = RoomLog(store, owner=new_id())
    room.begin()
    with open_cut(database_url, after=None) as cut, closing(MongodbStore(cut.url)) as cut_off:
        cut_off._db.choose_read_concern()
        # Reads still come through, as they would from a primary that stands alone.
        cut.refuses_writes = True

        assert cut_off.room(room.room_id) is not None
        with pytest.raises(Unavailable):
            cut_off.load([LoadRoom(room_id=room.room_id)])


def test_one_fence_serves_all_who_came_before_it(store: MongodbStore) -> None:
    """Those who come while one is being made wait for the next one, together."""
    made: list[threading.Event] = []
    first_may_end, begun = threading.Event(), threading.Event()

    def write_fence() -> None:
        made.append(begun)
        begun.set()
        assert first_may_end.wait(20)

    sessions = CausalSessions(store._db._client, write_fence=write_fence)
    with ThreadPoolExecutor(9) as pool:
        first = pool.submit(sessions.fence, within_seconds=20)
        assert begun.wait(20)
        others = [pool.submit(sessions.fence, within_seconds=20) for _ in range(8)]
        wait_until_all_have_come(sessions, 9)
        first_may_end.set()
        for one in [first, *others]:
            one.result(20)

    assert len(made) == 2


def wait_until_all_have_come(sessions: CausalSessions, count: int) -> None:
    """Each who comes draws a number, and so does the fence that is being made."""
    deadline = time.monotonic() + 20
    while repr(sessions._events) != f"count({count + 2})":
        assert time.monotonic() < deadline
        time.sleep(0.005)
