"""What happens to acknowledged appends when the process is killed or the disk is full: nothing."""

import resource
import threading
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path

import pytest

from chatflow.errors import TimedOut, Unavailable
from chatflow.ids import new_id
from chatflow.wire.log import Run
from chatflow.wire.reads import EventsAnswer, EventsRequest
from tests.contracts.message_store_log import RoomWriter, in_time
from tests.message_service.service import MessageService
from tests.message_service.user_service_edge import UserServiceEdge


@pytest.fixture
def crashing(tmp_path: Path, user_service: UserServiceEdge) -> Iterator[MessageService]:
    service = MessageService(tmp_path, user_service=user_service)
    yield service
    service.kill()


def stored(service: MessageService, room: RoomWriter) -> list[int]:
    seqs: list[int] = []
    while True:
        request = EventsRequest({room.room_id: seqs[-1] if seqs else 0})
        [answer] = service.call("/internal/events", request, EventsAnswer).rooms
        seqs += [event.seq for event in answer.events]
        if not answer.events:
            return seqs


def append_until_dead(service: MessageService, room: RoomWriter) -> tuple[list[int], Run]:
    """Return the heads that were acknowledged, and the run whose answer never came."""
    acknowledged: list[int] = []
    while True:
        run = room.run(*(room.message(room.owner, f"{len(acknowledged)}") for _ in range(5)))
        try:
            [result] = service.append([run], deadline=in_time())
        except (OSError, HTTPException):
            return acknowledged, run
        assert (result.applied, result.stopped_by) == (5, None)
        acknowledged.append(result.head)


def test_what_was_acknowledged_before_a_kill_is_there_after_it(crashing: MessageService) -> None:
    crashing.start()
    room = RoomWriter(crashing, owner=new_id())
    room.begin()

    for _ in range(3):
        killing = threading.Timer(0.4, crashing.kill)
        killing.start()
        acknowledged, unanswered = append_until_dead(crashing, room)
        killing.join()
        crashing.start()

        there = stored(crashing, room)
        assert there == list(range(1, len(there) + 1))
        assert there[-1] >= acknowledged[-1]
        # The worker does not know what became of it, so it asks again, with the same entries.
        [replayed] = crashing.append([unanswered], deadline=in_time())
        assert (replayed.applied, replayed.stopped_by) == (5, None)
        assert stored(crashing, room) == list(range(1, room.head + 1))


def test_a_full_disk_refuses_and_loses_nothing(crashing: MessageService) -> None:
    """A limit on the size of files is what a full disk is to the process."""
    crashing.start()
    room = RoomWriter(crashing, owner=new_id())
    room.begin()
    limit_file_size(crashing, 1024 * 1024)

    held, refused = append_until_refused(crashing, room)
    assert crashing.request("GET", "/health").status == 200
    assert stored(crashing, room)[-1] == held

    limit_file_size(crashing, resource.RLIM_INFINITY)
    [result] = crashing.append([refused], deadline=in_time())

    assert (result.applied, result.stopped_by) == (1, None)
    assert stored(crashing, room) == list(range(1, held + 2))


def limit_file_size(service: MessageService, size: int) -> None:
    assert service.process is not None
    resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def append_until_refused(service: MessageService, room: RoomWriter) -> tuple[int, Run]:
    """Return the head that was acknowledged last, and the run that was refused."""
    held = room.head
    while True:
        run = room.run(room.message(room.owner, "x" * 8000))
        try:
            [result] = service.append([run], deadline=in_time())
        except (Unavailable, TimedOut):
            return held, run
        held = result.head
