"""When a webhook waits, when it pauses, and which events there are to want."""

from typing import Any, get_args

import msgspec
import pytest

from chatflow.protocol.events import LogEvent
from chatflow.protocol.objects import Room
from chatflow.wire.reads import RoomRow
from notification_service.deciding.hooks import (
    DAY_SECONDS,
    EventType,
    Hook,
    PauseReason,
    has_work,
    seconds_to_wait,
    why_to_pause,
)

HOOK = Hook(
    id="hook",
    room_id="room",
    user_id="alice",
    url="https://sink.example.com",
    events=(),
    secret="whsec_",
    created_at="",
    seq=5,
    due_at="",
)


def row(**changes: Any) -> RoomRow:
    room = Room(
        id="room",
        kind="channel",
        name="room",
        topic="",
        private=False,
        archived=False,
        member_count=2,
        head=5,
        n=5,
        retention_days=None,
        history="all",
        role="owner",
    )
    return RoomRow(room=msgspec.structs.replace(room, **changes), read_n=0, joined_seq=1)


def test_every_event_of_the_log_can_be_wanted() -> None:
    kinds = {str(kind.__struct_config__.tag) for kind in LogEvent.__subclasses__()}

    assert kinds == set(get_args(EventType))


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (None, "left"),
        (row(role="member"), "role"),
        (row(role="reader"), "role"),
        (row(role="moderator"), None),
        (row(), None),
        (row(archived=True), "archived"),
        # What happened before that is sent first.
        (row(archived=True, head=6), None),
    ],
)
def test_it_pauses_where_whoever_it_acts_as_has_no_right_to_it(
    found: RoomRow | None, reason: PauseReason | None
) -> None:
    assert why_to_pause(HOOK, found, is_deactivated=False) == reason
    assert why_to_pause(HOOK, found, is_deactivated=True) == "deactivated"


def test_there_is_work_where_something_is_new_or_in_the_way() -> None:
    assert not has_work(HOOK, row(), is_deactivated=False)
    assert has_work(HOOK, row(head=6), is_deactivated=False)
    assert has_work(HOOK, row(head=4), is_deactivated=False)
    assert has_work(HOOK, row(role="member"), is_deactivated=False)
    assert has_work(HOOK, row(), is_deactivated=True)


def wait(**changes: Any) -> float | None:
    return seconds_to_wait(**{"failures": 0, "failing_seconds": 0.0, "retry_after": None, "chance": 0.0} | changes)


def test_each_pause_is_longer_and_by_chance() -> None:
    assert [wait(failures=failures) for failures in (0, 1, 2, 99)] == [5.0, 30.0, 120.0, 14400.0]
    assert wait(chance=1.0) == 6.25


def test_the_last_try_is_when_a_day_is_over() -> None:
    assert wait(failures=99, failing_seconds=DAY_SECONDS - 10) == 10.0
    assert wait(failing_seconds=DAY_SECONDS) is None


def test_whoever_asks_for_time_gets_it_up_to_a_day() -> None:
    assert wait(retry_after=3600.0) == 3600.0
    assert wait(retry_after=1.0) == 5.0
    assert wait(retry_after=7200.0, failing_seconds=DAY_SECONDS - 10) == 7200.0
    assert wait(retry_after=1e9) == DAY_SECONDS
