"""A person's row of a room is folded: an older row and the events since then make the row of now."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatflow.protocol import events
from chatflow.protocol.objects import Mentions, Message, Target
from chatflow.wire.bus import PACKET_PREFIX, packet_of
from gateway.rooms.rows import MembershipEnded, NotFoldable, fold_row
from tests.gateway.world import FakeRoom

PEOPLE = ["alice", "bob", "carol"]
STEPS = st.lists(
    st.tuples(st.sampled_from(["send", "delete", "join", "leave"]), st.sampled_from(PEOPLE)), min_size=1, max_size=40
)


def play(room: FakeRoom, steps: list[tuple[str, str]]) -> None:
    for step, person in steps:
        others = [seq for seq, _ in room.messages if seq not in room.deleted]
        match step:
            case "send":
                room.send(person, "hello")
            case "delete" if others:
                room.delete(others[len(others) // 2], actor=person)
            case "join" if person not in room.joined:
                room.join(person)
            case "leave" if person in room.joined and person != "alice":
                room.leave(person)


@given(STEPS, STEPS)
def test_the_row_of_then_plus_the_events_is_the_row_of_now(
    before: list[tuple[str, str]], after: list[tuple[str, str]]
) -> None:
    room = FakeRoom("r")
    room.create("alice", ["bob"])
    play(room, before)
    then = room.row("alice")
    play(room, after)
    assert fold_row(then, "alice", room.events[then.room.head :]) == room.row("alice")


@pytest.mark.parametrize("kind", [events.MemberLeft, events.MemberKicked, events.MemberBanned])
def test_ones_own_leaving_ends_the_row(kind: Any) -> None:
    room = FakeRoom("r")
    room.create("alice", ["bob"])
    then = room.row("bob")
    room.leave("bob", kind=kind)
    with pytest.raises(MembershipEnded):
        fold_row(then, "bob", room.events[1:])


def test_a_gap_in_the_events_is_not_folded_over() -> None:
    room = FakeRoom("r")
    room.create("alice", ["bob"])
    then = room.row("bob")
    room.send("alice", "one")
    room.send("alice", "two")
    with pytest.raises(NotFoldable):
        fold_row(then, "bob", room.events[2:])


@pytest.mark.parametrize("text", ["", "{", "[7]", "{}", '{"message": 7, "changes": 7}', '{"message":' * 5000])
@pytest.mark.parametrize("kind", ["message.created", "member.joined", "room.updated"])
def test_an_event_that_cannot_be_read_is_not_folded_over(kind: str, text: str) -> None:
    room = FakeRoom("r")
    room.create("alice", ["bob"])
    then = room.row("bob")
    event = room.send("alice", "one")
    garbled = msgspec.structs.replace(event, type=kind, packet=f"{PACKET_PREFIX}{text}]")
    with pytest.raises(NotFoldable):
        fold_row(then, "bob", [garbled])


@pytest.mark.parametrize("kind", [events.MemberLeft, events.MemberKicked, events.MemberBanned])
def test_whoever_goes_in_whatever_way_is_counted_once(kind: type[events.MemberLeft]) -> None:
    room = FakeRoom("r")
    room.create("alice", ["bob"])
    then = room.row("alice")
    room.leave("bob", kind=kind)

    assert fold_row(then, "alice", room.events[1:]).room.member_count == 1


def test_mentions_follow_edits_and_deletions() -> None:
    room = FakeRoom("r")
    room.create("alice", ["bob"])
    then = room.row("alice")
    for mentions, seq in ((["alice"], 2), ([], 3)):
        room.messages.append((seq, "bob"))
        room.append(created(seq, mentions))
    assert fold_row(then, "alice", room.events[1:]).room.mentions == 1
    room.append(edited(4, target=3, before=[], now=["alice"]))
    assert fold_row(then, "alice", room.events[1:]).room.mentions == 2
    room.append(edited(5, target=2, before=["alice"], now=[]))
    assert fold_row(then, "alice", room.events[1:]).room.mentions == 1
    assert packet_of(edited(5, target=2, before=["alice"], now=[])) == room.events[-1].packet


def test_ones_own_mute_is_known_and_nobody_elses() -> None:
    room = FakeRoom("r")
    room.create("alice", ["bob"])
    then = {name: room.row(name) for name in ("alice", "bob")}
    room.append(muted(2, until=events.FOREVER))
    after = {name: fold_row(row, name, room.events[1:]) for name, row in then.items()}
    assert (after["alice"].room.muted_until, after["bob"].room.muted_until) == (None, events.FOREVER)
    room.append(muted(3, until=None))
    assert fold_row(after["bob"], "bob", room.events[2:]).room.muted_until is None


def muted(seq: int, *, until: str | None) -> events.MemberMuted:
    return events.MemberMuted(room_id="r", seq=seq, n=0, actor="alice", at="t", user_id="bob", until=until)


def created(seq: int, mentions: list[str]) -> events.MessageCreated:
    message = Message(
        id="m", room_id="r", seq=seq, n=seq - 1, cid="c", sender="bob", text="x", at="t", mentions=Mentions(mentions)
    )
    return events.MessageCreated(room_id="r", seq=seq, n=seq - 1, actor="bob", at="t", message=message)


def edited(seq: int, *, target: int, before: list[str], now: list[str]) -> events.MessageEdited:
    about = Target(seq=target, n=target - 1, sender="bob", mentions=Mentions(now), mentions_before=Mentions(before))
    return events.MessageEdited(
        room_id="r", seq=seq, n=2, actor="bob", at="t", id="m", target=about, text="x", mentions=Mentions(now),
        edited_at="t",
    )  # fmt: skip
