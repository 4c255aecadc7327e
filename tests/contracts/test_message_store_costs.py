"""The cost of a person's list of rooms is proportional to the number of rooms."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import pytest

from chatflow.protocol.objects import Mentions
from chatflow.wire.log import Run
from message_service.stores.port import MessageStore
from tests.contracts.message_store_log import RoomLog, in_time

pytestmark = pytest.mark.not_on_ferretdb("it uses no index, so it says nothing of costs")

ROOMS = 20
MENTIONS_PER_ROOM = 4
ROOMS_PER_APPEND = 16
# Twice the rooms may cost twice as much, which leaves room for a noisy machine; four times would be quadratic.
RATIO_AT_MOST = 2.5
TRIES = 3


def seconds(work: Callable[[], Any]) -> float:
    """Return the least CPU time of this process: all of SQLite's, and of MongoDB what is done with its answers."""

    def once() -> float:
        begun = time.thread_time()
        work()
        return time.thread_time() - begun

    return min(once() for _ in range(TRIES))


def instructions(work: Callable[[], Any]) -> float:
    """Return how many instructions of Python message_service executes: what is quadratic shows in few rooms already."""
    with counted() as count:
        work()
    return count[0]


@contextmanager
def counted() -> Iterator[list[int]]:
    count = [0]

    def note(frame: FrameType, event: str, _: object) -> Callable[..., Any] | None:
        frame.f_trace_opcodes = "/message_service/" in frame.f_code.co_filename
        count[0] += event == "opcode"
        return note

    before = sys.gettrace()
    sys.settrace(note)
    try:
        yield count
    finally:
        sys.settrace(before)


@pytest.mark.parametrize("cost", [seconds, instructions])
def test_mentions_in_twice_as_many_rooms_are_counted_at_twice_the_cost(
    store: MessageStore, alice: str, bob: str, cost: Callable[[Callable[[], Any]], float]
) -> None:
    rooms = [RoomLog(store, owner=alice) for _ in range(2 * ROOMS)]
    runs = [mentioning(room, alice, by=bob) for room in rooms]
    for start in range(0, len(runs), ROOMS_PER_APPEND):
        results = store.append(runs[start : start + ROOMS_PER_APPEND], deadline=in_time())
        assert {result.stopped_by for result in results} == {None}
    pairs = [(alice, room.room_id) for room in rooms]

    assert {row.room.mentions for _, row in store.rows(pairs)} == {MENTIONS_PER_ROOM}
    assert cost(lambda: store.rows(pairs)) <= RATIO_AT_MOST * cost(lambda: store.rows(pairs[:ROOMS]))


def mentioning(room: RoomLog, user_id: str, *, by: str) -> Run:
    created = room.creation(by)
    mentions = Mentions(users=[user_id])
    return room.run(created, *(room.message(by, "hi", mentions=mentions) for _ in range(MENTIONS_PER_ROOM)))
