"""When the wall clock jumps, no fresh message is deleted and no time stamp moves; people may say that it is right."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatflow.ids import PARTITIONS, new_id
from chatflow.supervisor.data_folder import prepare_data_folder
from chatflow.supervisor.locks import take_data_folder
from chatflow.supervisor.process_table import Row, write_table
from chatflow.wire.clock import ClockAnswer, ClockRequest
from chatflow.wire.log import Load, LoadAnswer, LoadRoom
from chatflow.wire.outbox import Job, OwedAnswer, OwedRequest
from chatflow.wire.retention import Trim, TrimsAnswer, TrimsRequest
from tests.chatflow.supervisor.run import chatflow, wait_until
from tests.contracts.message_store_log import RoomWriter
from tests.contracts.message_store_profiles import ADAPTERS, store_url
from tests.faults.clocks import Clock
from tests.message_service.service import SECRET, MessageService
from tests.message_service.user_service_edge import UserServiceEdge

DAY = 86_400.0
JUMP = 40 * DAY


class ShiftedService(MessageService):
    """A message_service whose clock can be set."""

    def __init__(self, folder: Path, *, user_service: UserServiceEdge, **settings: str) -> None:
        self.clock = Clock(folder, process="message_service")
        self.clock.put_right()
        super().__init__(folder, user_service=user_service, **settings, **self.clock.environment())

    def trims(self) -> list[Trim]:
        return self.call("/internal/trims", TrimsRequest(partitions=list(range(PARTITIONS))), TrimsAnswer).trims

    def owed(self, *, older_than_seconds: float = 0.0) -> list[Job]:
        return self.call("/internal/owed", OwedRequest(older_than_seconds=older_than_seconds), OwedAnswer).jobs

    def ask_clock(self) -> ClockAnswer:
        return self.call("/internal/clock", ClockRequest(), ClockAnswer)

    def log_time(self, *, ahead: float) -> float:
        """Return what a load answers, asked by somebody whose clock is so far ahead."""
        request = Load(deadline=time.time() + ahead + 30, rooms=[LoadRoom(room_id=new_id())])
        told = self.call("/internal/load", request, LoadAnswer).now
        assert told is not None
        return told


@pytest.fixture(params=ADAPTERS)
def shifted(request: pytest.FixtureRequest, tmp_path: Path, user_service: UserServiceEdge) -> Iterator[ShiftedService]:
    url = store_url(request.param, folder=tmp_path, request=request)
    service = ShiftedService(tmp_path, user_service=user_service, CHATFLOW_MESSAGE_STORE_URL=url)
    yield service
    service.kill()


def write_room(service: ShiftedService) -> RoomWriter:
    """Make a room that keeps messages for thirty days, with a younger one in it."""
    room = RoomWriter(service, owner=new_id())
    room.begin(retention_days=30)
    room.say(room.owner, "fresh")
    return room


def test_a_clock_that_jumps_ahead_deletes_no_fresh_message_and_moves_no_stamp(shifted: ShiftedService) -> None:
    shifted.start()
    write_room(shifted)
    shifted.clock.set(JUMP)

    assert shifted.trims() == []
    assert abs(shifted.log_time(ahead=JUMP) - time.time()) < 60
    # Nor does one that starts meanwhile.
    shifted.kill()
    shifted.start()
    assert shifted.trims() == []
    assert abs(shifted.log_time(ahead=JUMP) - time.time()) < 60
    shifted.clock.set(-JUMP)
    assert abs(shifted.log_time(ahead=-JUMP) - time.time()) < 60
    shifted.clock.put_right()
    assert abs(shifted.log_time(ahead=0) - time.time()) < 60
    assert shifted.trims() == []


def test_a_clock_that_has_stood_is_trusted_and_what_is_due_then_is_announced_first(shifted: ShiftedService) -> None:
    shifted.spawn(CHATFLOW_RETENTION_GRACE_SECONDS="3")
    shifted.wait_until_ready()
    room = write_room(shifted)
    shifted.clock.set(JUMP)
    jumped_at = time.monotonic()
    assert shifted.trims() == []
    wait_until(lambda: not shifted.ask_clock().is_doubted)
    assert shifted.trims() == []
    assert shifted.metric("chatflow_trims_announced_total") == 1.0
    wait_until(lambda: shifted.trims() != [])

    assert shifted.trims() == [Trim(room_id=room.room_id, retention_days=30, through_n=1)]
    # Once until it is trusted, and once until what was announced goes.
    assert time.monotonic() - jumped_at >= 6


def test_alerts_are_owed_at_once_also_when_the_clock_was_set_back(shifted: ShiftedService) -> None:
    shifted.start()
    room = RoomWriter(shifted, owner=new_id())
    room.begin()
    room.say(room.owner, "now", owed=True)
    # By so little that the log's time follows.
    shifted.clock.set(-3000)

    assert shifted.owed() == [Job(room.room_id, 2)]
    # How old it is, nobody can tell.
    assert shifted.owed(older_than_seconds=1) == []


def test_somebody_may_say_that_the_clock_is_right(shifted: ShiftedService, tmp_path: Path) -> None:
    shifted.start()
    shifted.clock.set(JUMP)
    assert shifted.ask_clock().is_doubted
    url = f"http://127.0.0.1:{shifted.port}"
    said = chatflow("retention", "trust-clock", CHATFLOW_MESSAGE_SERVICE_URL=url, CHATFLOW_SERVICE_SECRET=SECRET)

    assert (said.returncode, said.stderr) == (0, "")
    assert not shifted.ask_clock().is_doubted
    assert shifted.log_time(ahead=JUMP) > time.time() + JUMP - 60
    # Another process on the same store, and this one when it starts again, have heard of it.
    shifted.kill()
    shifted.start()
    assert not shifted.ask_clock().is_doubted


def test_the_command_finds_the_system_that_runs_on_a_data_folder(service: MessageService, tmp_path: Path) -> None:
    nothing = chatflow("retention", "trust-clock", "--data", str(tmp_path))
    prepare_data_folder(tmp_path)
    lock = take_data_folder(tmp_path)
    write_table(tmp_path, [Row("message_service", 1, service.port, "ready")])
    (tmp_path / "secrets" / "chatflow_service_secret").write_text(SECRET)
    said = chatflow("retention", "trust-clock", "--data", str(tmp_path))
    os.close(lock)

    assert (nothing.returncode, nothing.stdout) == (3, f"ChatFlow is not running on {tmp_path}\n")
    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout.startswith("The log's time was ")
