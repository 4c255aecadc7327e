"""A gateway's lane: numbers, resending, and what the end of one command means for those behind it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatflow.auth.principal import Principal
from chatflow.errors import ChatFlowError
from chatflow.protocol.commands import SendMessage
from gateway.commands.outgoing_lane import OutgoingCommand, OutgoingLane


class Sender:
    """Puts commands into one lane and keeps how each ended."""

    def __init__(self) -> None:
        self.lane = OutgoingLane("c/r", "r")
        self.outcomes: dict[str, str] = {}

    def add(self, op: str, *, expires_at: float = 100.0, is_unchecked: bool = False) -> OutgoingCommand:
        def settle(outcome: str | ChatFlowError) -> None:
            assert op not in self.outcomes
            self.outcomes[op] = outcome if isinstance(outcome, str) else outcome.code

        body = SendMessage(room_id="r", cid=op, text="x")
        pending = OutgoingCommand(
            op=op, principal=Principal("a"), body=body, request_id="q", deadline=0.0, expires_at=expires_at,
            on_settled=settle, is_unchecked=is_unchecked,
        )  # fmt: skip
        self.lane.add(pending)
        return pending

    def new(self) -> list[tuple[int, str, int]]:
        return seen(self.lane.take_new(reply_to="replies.g"))

    def again(self, missing: int = 0) -> list[tuple[int, str, int]]:
        return seen(self.lane.take_again(reply_to="replies.g", missing=missing))


def seen(commands: list[Any]) -> list[tuple[int, str, int]]:
    return [(command.number, command.op, command.floor) for command in commands]


@pytest.fixture
def sender() -> Sender:
    return Sender()


def test_commands_are_numbered_in_the_order_of_sending(sender: Sender) -> None:
    sender.add("a")
    sender.add("b")
    assert sender.new() == [(1, "a", 1), (2, "b", 1)]
    assert sender.new() == []
    sender.lane.settle(1, "a", "{}")
    sender.add("c")
    assert sender.new() == [(3, "c", 2)]


def test_a_command_that_is_still_checked_holds_back_what_follows(sender: Sender) -> None:
    sender.add("a")
    unchecked = sender.add("b", is_unchecked=True)
    sender.add("c")
    assert sender.new() == [(1, "a", 1)]
    unchecked.is_unchecked = False
    assert sender.new() == [(2, "b", 1), (3, "c", 1)]


def test_a_command_that_fails_its_check_leaves_no_hole(sender: Sender) -> None:
    bad = sender.add("a", is_unchecked=True)
    sender.add("b")
    sender.lane.drop(bad, ChatFlowError())
    assert sender.new() == [(1, "b", 1)]
    assert sender.outcomes == {"a": "internal"}


def test_resending_repeats_what_has_no_answer_in_order(sender: Sender) -> None:
    for op in "abc":
        sender.add(op)
    sender.new()
    sender.lane.settle(2, "b", "{}")
    sender.add("d")
    assert sender.again() == [(1, "a", 1), (3, "c", 1), (4, "d", 1)]
    assert sender.again(missing=3) == [(3, "c", 1), (4, "d", 1)]


def test_what_stands_behind_an_expired_command_ends_with_it(sender: Sender) -> None:
    sender.add("a")
    sender.add("b", expires_at=5.0)
    sender.add("c")
    sender.new()
    sender.add("d")
    assert sender.lane.expire(6.0) == 3
    assert sender.outcomes == {"b": "timeout", "c": "timeout", "d": "unavailable"}
    assert sender.again() == [(1, "a", 1)]


@pytest.mark.parametrize(
    ("reached_somebody", "code"),
    [([False, False], "unavailable"), ([True, False], "timeout"), ([False, True], "timeout")],
)
def test_only_what_certainly_reached_nobody_is_unavailable(
    sender: Sender, reached_somebody: list[bool], code: str
) -> None:
    sender.add("a", expires_at=5.0)
    for has_reached in reached_somebody:
        sent = sender.lane.take_again(reply_to="replies.g")
        sender.lane.note_unpublished([] if has_reached else sent)
    sender.lane.expire(6.0)
    assert sender.outcomes == {"a": code}


def test_an_answer_to_another_op_settles_nothing(sender: Sender) -> None:
    sender.add("a")
    sender.new()
    assert sender.lane.settle(1, "z", "{}") is None
    assert sender.lane.settle(1, "a", "{}") is not None
    assert sender.lane.settle(1, "a", "{}") is None


@given(st.lists(st.sampled_from(["add", "new", "again", "settle", "expire"]), max_size=60))
def test_numbers_never_repeat_for_another_op_and_every_floor_is_waited_for(steps: list[str]) -> None:
    sender = Sender()
    ops: dict[int, str] = {}
    added = 0
    for step in steps:
        sent: list[tuple[int, str, int]] = []
        match step:
            case "add":
                added += 1
                sender.add(f"op{added}", expires_at=float(added))
            case "new":
                sent = sender.new()
            case "again":
                sent = sender.again()
            case "settle":
                oldest = next((number for number, op in ops.items() if op not in sender.outcomes), 0)
                sender.lane.settle(oldest, ops.get(oldest, ""), "{}")
            case "expire":
                sender.lane.expire(float(added - 3))
        for number, op, floor in sent:
            assert ops.setdefault(number, op) == op
            assert ops.get(floor) not in sender.outcomes
    assert len(sender.lane) + len(sender.outcomes) == added
