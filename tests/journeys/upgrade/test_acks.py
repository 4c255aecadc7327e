"""A send that was acked late, or never, is found, however often the client sent it again."""

from pathlib import Path

from tests.checker.history import write_history
from tests.checker.records import Answered, RoomRecord, Sent
from tests.journeys.upgrade.acks import late_acks

ROOM = "01a21e42-0000-7000-8000-000000000001"


def sent(cid: str, *, at: float, attempt: int = 0) -> RoomRecord:
    return Sent(at=at, client="phone", user="ada", connection="phone#1", cid=cid, attempt=attempt, body="-")


def acked(cid: str, *, at: float, attempt: int = 0) -> RoomRecord:
    return Answered(at=at, client="phone", user="ada", cid=cid, attempt=attempt, outcome="ok", seq=1)


def test_late_acks_are_found_from_the_first_attempt_on(tmp_path: Path) -> None:
    records = [
        *(sent("soon", at=0.0), acked("soon", at=1.0)),
        *(sent("again", at=0.0), sent("again", at=5.0, attempt=1), acked("again", at=9.5, attempt=1)),
        sent("never", at=0.0),
    ]
    write_history(tmp_path, rooms={ROOM: records}, run=[])

    assert late_acks(tmp_path) == [
        f"again of ada in room {ROOM} was acked after 9.5 s",
        f"never of ada in room {ROOM} was never acked",
    ]
