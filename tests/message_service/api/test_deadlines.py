"""Nothing is looked up for whoever has left, and what takes too long for whoever asks is broken off."""

import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from chatflow.errors import Unavailable
from chatflow.ids import new_id
from chatflow.wire.log import Append
from chatflow.wire.reads import ReadMark, VersionsRequest
from message_service.stores.mongodb.store import MongodbStore
from message_service.stores.port import MessageStore
from message_service.stores.query_deadlines import answered_within
from message_service.stores.sqlite.store import SqliteStore
from tests.contracts.message_store_log import RoomWriter, in_time
from tests.contracts.message_store_profiles import opened
from tests.message_service.service import SECRET, MessageService

# Seconds of work.
LONG = """WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers LIMIT 20000000)
SELECT max(n) FROM numbers"""


def ask(service: MessageService, path: str, question: msgspec.Struct, *, seconds: float | str) -> tuple[int, str]:
    body = msgspec.msgpack.encode(question)
    credential = f"Service {SECRET}"
    reply = service.request("POST", path, body=body, Authorization=credential, **{"X-Timeout": str(seconds)})
    return reply.status, "" if reply.status == 200 else reply.code


def test_who_has_left_is_refused_and_who_waits_is_answered(service: MessageService, alice: str) -> None:
    question = VersionsRequest([alice])

    assert ask(service, "/internal/versions", question, seconds=0) == (503, "unavailable")
    assert ask(service, "/internal/versions", question, seconds=5) == (200, "")
    assert ask(service, "/internal/versions", question, seconds="soon") == (200, "")
    credential = f"Bearer {service.user_service.token(alice)}"
    late = service.request("GET", "/api/rooms", body=None, Authorization=credential, **{"X-Timeout": "0"})
    assert late.status == 503


def test_an_append_has_a_deadline_of_its_own(service: MessageService, alice: str) -> None:
    room = RoomWriter(service, owner=alice, room_id=new_id())
    append = Append(deadline=in_time(), runs=[room.run(room.creation())])

    assert ask(service, "/internal/append", append, seconds=0) == (200, "")


def test_a_query_without_end_is_broken_off_and_the_next_one_is_answered(tmp_path: Path) -> None:
    with opened(f"sqlite:///{tmp_path}/messages.db") as store:
        assert isinstance(store, SqliteStore)
        with (
            answered_within(0.2),
            pytest.raises(Unavailable),
            store._db.reading() as db,
        ):
            db.execute(LONG).fetchone()
        store.check()
        with answered_within(10):
            store.check()


@pytest.mark.parametrize(
    "write",
    [
        lambda store: store.mark_read([ReadMark(new_id(), new_id(), 1)]),
        lambda store: store.write_personal([]),
        lambda store: store.clear_owed([]),
    ],
    ids=["mark_read", "write_personal", "clear_owed"],
)
def test_a_write_of_a_query_waits_for_its_turn_no_longer_than_whoever_asks_waits(
    tmp_path: Path, write: Callable[[SqliteStore], object]
) -> None:
    with opened(f"sqlite:///{tmp_path}/messages.db") as store, ThreadPoolExecutor() as threads:
        assert isinstance(store, SqliteStore)
        writes, is_enough = threading.Event(), threading.Event()
        other = threads.submit(write_until, store, writes=writes, is_enough=is_enough)
        assert writes.wait(5)
        with answered_within(0.2), pytest.raises(Unavailable):
            write(store)
        is_enough.set()
        other.result(5)
        with answered_within(10):
            write(store)


def write_until(store: SqliteStore, *, writes: threading.Event, is_enough: threading.Event) -> None:
    with store._db.writing():
        writes.set()
        is_enough.wait(5)


def test_a_server_that_is_silent_is_waited_for_no_longer_than_whoever_asks_waits() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        store = MongodbStore(f"mongodb://127.0.0.1:{silent.getsockname()[1]}/nobody")
        with closing(store):
            with answered_within(0.3):
                bounded_seconds = seconds_until_unavailable(store)
            unbounded_seconds = seconds_until_unavailable(store)

    assert unbounded_seconds > 2 * bounded_seconds


def seconds_until_unavailable(store: MessageStore) -> float:
    begun = time.monotonic()
    with pytest.raises(Unavailable):
        store.versions([new_id()])
    return time.monotonic() - begun
