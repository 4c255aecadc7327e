"""A sender's commands are decided in their order, whatever arrives late, twice, or not at all."""

from chat_service.deciding.incoming_lanes import (
    ASK_AGAIN_SECONDS,
    EARLY_AT_MOST,
    FORGET_SECONDS,
    IncomingCommand,
    IncomingLanes,
)
from chatflow.errors import TimedOut
from chatflow.protocol.commands import LeaveRoom
from chatflow.wire.bus import Command, Reply
from tests.chat_service.people import ALICE

ROOM = "00000000-0000-4000-8000-000000000099"


class Desk:
    """IncomingLanes, and a stand-in for the rules that answers when told to."""

    def __init__(self, *, room_for: int = 1000) -> None:
        self.accepted: list[IncomingCommand] = []
        self.replies: list[Reply] = []
        self.missing: list[int] = []
        self.room_for = room_for
        self.now = 100.0
        self.lanes = IncomingLanes(accept=self.accept, send=self.send, report_hole=self.report_hole)

    def accept(self, pending: IncomingCommand) -> bool:
        if len(self.accepted) >= self.room_for:
            return False
        self.accepted.append(pending)
        return True

    def send(self, channel: str, reply: Reply) -> None:
        self.replies.append(reply)

    def report_hole(self, command: Command, missing: int) -> None:
        self.missing.append(missing)

    def take(self, number: int, *, floor: int = 1, attempt: int = 1) -> None:
        command = Command(
            op=f"c:{number}",
            room_id=ROOM,
            actor=ALICE,
            body=LeaveRoom(room_id=ROOM),
            lane="lane",
            number=number,
            floor=floor,
            attempt=attempt,
            deadline=0.0,
            reply_to="replies.g1",
            request_id="",
        )
        self.lanes.take(command, now=self.now)

    def answer(self, position: int) -> None:
        self.lanes.answer(self.accepted[position], ok="{}")

    @property
    def order(self) -> list[int]:
        return [pending.command.number for pending in self.accepted]

    @property
    def codes(self) -> list[tuple[int, str | None]]:
        return [(reply.number, reply.error.code if reply.error is not None else None) for reply in self.replies]


def test_nothing_behind_a_hole_is_decided_and_the_hole_is_asked_for() -> None:
    desk = Desk()
    for number in (1, 3, 4):
        desk.take(number)
    assert (desk.order, desk.missing) == ([1], [2])
    desk.take(2)
    assert desk.order == [1, 2, 3, 4]


def test_a_question_that_was_lost_is_asked_again_but_not_for_every_command() -> None:
    desk = Desk()
    desk.take(2)
    desk.take(3)
    assert desk.missing == [1]
    desk.now += ASK_AGAIN_SECONDS
    desk.take(4)
    assert desk.missing == [1, 1]


def test_a_new_owner_begins_at_the_floor() -> None:
    desk = Desk()
    desk.take(7, floor=7)
    assert desk.order == [7]


def test_what_the_gateway_gave_up_is_no_hole() -> None:
    desk = Desk()
    desk.take(1)
    desk.take(4, floor=4)
    assert desk.order == [1, 4]
    assert desk.missing == []


def test_what_came_early_goes_on_once_the_hole_is_given_up() -> None:
    desk = Desk()
    desk.take(2)
    desk.take(3, floor=2)
    assert desk.order == [2, 3]


def test_what_the_gateway_gave_up_is_not_decided_any_more() -> None:
    desk = Desk()
    desk.take(1)
    desk.take(2, floor=2)
    assert [pending.is_over for pending in desk.accepted] == [True, False]


def test_what_the_gateway_gave_up_is_answered_to_nobody() -> None:
    desk = Desk()
    desk.take(1)
    desk.take(2, floor=2)
    desk.answer(0)
    desk.answer(1)

    assert desk.codes == [(2, None)]


def test_no_more_than_so_much_waits_behind_a_hole() -> None:
    desk = Desk(room_for=2 * EARLY_AT_MOST)
    for number in range(2, EARLY_AT_MOST + 12):
        desk.take(number)
    desk.take(1)

    assert desk.order == list(range(1, EARLY_AT_MOST + 2))


def test_an_answer_that_was_lost_is_given_again_without_deciding_again() -> None:
    desk = Desk()
    desk.take(1)
    desk.answer(0)
    desk.take(1, attempt=2)
    assert desk.order == [1]
    assert desk.codes == [(1, None), (1, None)]


def test_a_repeated_attempt_of_what_waits_is_the_same_command() -> None:
    desk = Desk()
    desk.take(1)
    desk.take(1, attempt=2)
    assert desk.order == [1]
    assert desk.accepted[0].command.attempt == 2


def test_what_ends_undecided_ends_what_waits_behind_it() -> None:
    desk = Desk()
    for number in (1, 2, 3):
        desk.take(number)
    desk.lanes.end(desk.accepted[1], error=TimedOut().body)
    assert desk.codes == [(2, "timeout"), (3, "unavailable")]
    assert [pending.is_over for pending in desk.accepted] == [False, True, True]


def test_what_ends_undecided_does_not_end_what_may_be_in_the_log() -> None:
    desk = Desk()
    for number in (1, 2):
        desk.take(number)
    desk.accepted[1].in_run = True
    desk.lanes.end(desk.accepted[0], error=TimedOut().body)
    assert desk.codes == [(1, "timeout")]


def test_what_was_sent_before_the_failure_was_known_fails_too() -> None:
    desk = Desk()
    desk.take(1)
    desk.lanes.end(desk.accepted[0], error=TimedOut().body)
    desk.take(2, floor=1)
    desk.take(3, floor=2)
    desk.take(4, floor=4)
    assert desk.codes == [(1, "timeout"), (2, "unavailable"), (3, "unavailable")]
    assert desk.order == [1, 4]


def test_a_full_worker_says_so() -> None:
    desk = Desk(room_for=1)
    desk.take(1)
    desk.take(2)
    desk.take(3, attempt=2)
    assert desk.codes == [(2, "unavailable"), (3, "timeout")]


def test_a_silent_lane_is_forgotten() -> None:
    desk = Desk()
    desk.take(1)
    desk.lanes.forget_silent(now=desk.now + FORGET_SECONDS)
    assert len(desk.lanes) == 1
    desk.lanes.forget_silent(now=desk.now + FORGET_SECONDS + 1)
    assert len(desk.lanes) == 0
