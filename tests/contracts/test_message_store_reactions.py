"""Reactions and invitations: a row each, so that the next one costs what the first did, however many there are."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chatflow.ids import new_id
from chatflow.protocol import events
from chatflow.protocol.objects import DeletedMessage, Message, Reaction
from chatflow.wire.log import Entry
from message_service.stores.port import MessageStore, Span
from tests.contracts.message_store_log import RoomLog
from tests.contracts.message_store_profiles import opened

BEGINNING = (-(2**53), "")


def reactions(room: RoomLog, message: Message, *, viewer: str | None = None) -> list[Reaction]:
    found = room.store.message(room.room_id, message.id, viewer=viewer)
    assert isinstance(found, Message)
    return found.reactions


def reactors(room: RoomLog, message: Message, emoji: str = "👍") -> list[str]:
    found = room.store.reactors(room.room_id, message.id, emoji, after=BEGINNING, limit=1000)
    return [one.user_id for one in found]


def add(room: RoomLog, user_id: str, message: Message, emoji: str = "👍") -> Entry:
    return room.about(events.ReactionAdded, user_id, message, emoji=emoji)


def remove(room: RoomLog, user_id: str, message: Message, emoji: str = "👍") -> Entry:
    return room.about(events.ReactionRemoved, user_id, message, emoji=emoji)


def test_the_first_fifty_are_named_and_all_are_counted(room: RoomLog, alice: str) -> None:
    message = room.say(alice, "hi")
    crowd = [new_id() for _ in range(53)]
    room.write(add(room, alice, message, "🎉"), *(add(room, person, message) for person in crowd))

    assert reactions(room, message) == [Reaction("🎉", [alice], 1), Reaction("👍", crowd[:50], 53)]

    room.write(remove(room, crowd[0], message), remove(room, alice, message, "🎉"))

    assert reactions(room, message) == [Reaction("👍", crowd[1:51], 52)]


def test_one_person_is_told_which_are_theirs(room: RoomLog, alice: str, bob: str) -> None:
    message, bare = room.say(alice, "hi"), room.say(alice, "nothing")
    reply = room.say(bob, "reply", thread=message.id)
    room.write(add(room, bob, message), add(room, alice, message, "🎉"), add(room, bob, reply))
    room.write(room.about(events.MessagePinned, alice, message))
    store = room.store

    mine = {"👍": True, "🎉": False}
    assert {one.emoji: one.mine for one in reactions(room, message, viewer=bob)} == mine
    pages = (
        store.messages(room.room_id, Span(limit=9), viewer=bob).items[0],
        store.pins(room.room_id, floor=1, viewer=bob).items[0],
    )
    for shown in pages:
        assert isinstance(shown, Message)
        assert {one.emoji: one.mine for one in shown.reactions} == mine
    [answer] = store.thread(room.room_id, message.id, floor=1, after=0, limit=9, viewer=alice).items
    assert isinstance(answer, Message)
    assert answer.reactions == [Reaction("👍", [bob], 1, mine=False)]
    assert reactions(room, bare, viewer=bob) == []


def test_who_put_one_is_read_page_by_page_with_the_time(room: RoomLog, alice: str, bob: str, carol: str) -> None:
    message = room.say(alice, "hi")
    put = [add(room, person, message) for person in (carol, alice, bob)]
    room.write(*put, add(room, bob, message, "🎉"))

    def page(after: tuple[int, str], limit: int) -> list[tuple[int, str, str | None]]:
        return [tuple(one) for one in room.store.reactors(room.room_id, message.id, "👍", after=after, limit=limit)]  # type: ignore[misc]

    everyone = [(entry.event.seq, entry.event.actor, entry.event.at) for entry in put]
    assert page(BEGINNING, 2) == everyone[:2]
    assert page((everyone[1][0], everyone[1][1]), 9) == everyone[2:]
    assert room.store.reactors(new_id(), message.id, "👍", after=BEGINNING, limit=9) == []


def test_putting_one_twice_counts_once_and_taking_off_what_is_not_there_counts_nothing(
    room: RoomLog, alice: str, bob: str
) -> None:
    message = room.say(alice, "hi")
    room.write(add(room, bob, message))
    room.write(add(room, bob, message), add(room, alice, message), add(room, alice, message))
    room.write(remove(room, new_id(), message), remove(room, alice, message, "🎉"))

    assert reactions(room, message) == [Reaction("👍", [bob, alice], 2)]

    room.write(remove(room, bob, message), remove(room, bob, message), add(room, bob, message))

    assert reactions(room, message) == [Reaction("👍", [alice, bob], 2)]


def test_a_worker_is_told_of_those_whom_it_asks_for(room: RoomLog, alice: str, bob: str, carol: str) -> None:
    message, other = room.say(alice, "hi"), room.say(alice, "there")
    room.write(*(add(room, person, message) for person in (alice, bob, carol)), add(room, bob, message, "🎉"))
    room.write(add(room, carol, other))

    asked = [(message.id, bob), (message.id, new_id()), (other.id, alice)]
    loaded = {state.id: state for state in room.loaded(message_ids=[message.id, other.id], reactors=asked).messages}

    assert (loaded[message.id].reactions, loaded[message.id].counts) == ({"👍": [bob], "🎉": [bob]}, {"👍": 3, "🎉": 1})
    assert (loaded[other.id].reactions, loaded[other.id].counts) == ({}, {"👍": 1})


@pytest.mark.parametrize("ending", ["deleted", "trimmed"])
def test_nobody_is_named_on_a_message_whose_content_is_gone(room: RoomLog, alice: str, bob: str, ending: str) -> None:
    message, kept = room.say(alice, "hi"), room.say(alice, "stays")
    room.write(add(room, bob, message), add(room, bob, kept))
    ends = {"deleted": lambda: room.about(events.MessageDeleted, alice, message), "trimmed": lambda: room.trim(1)}
    room.write(ends[ending]())

    assert isinstance(room.store.message(room.room_id, message.id, viewer=bob), DeletedMessage)
    assert (reactors(room, message), reactors(room, kept)) == ([], [bob])
    [state] = room.loaded(message_ids=[message.id], reactors=[(message.id, bob)]).messages
    assert (state.deleted, state.reactions, state.counts) == (True, {}, {})


def invitation(room: RoomLog, invite_id: str, **ends: object) -> Entry:
    created = events.InviteCreated(**room.common(room.owner), invite_id=invite_id, role="member", **ends)  # type: ignore[arg-type]
    return room.entry(created, secret_hash=invite_id)


def living(room: RoomLog) -> list[str]:
    snapshot = room.loaded().snapshot
    assert snapshot is not None
    return [invite.invite_id for invite in snapshot.invites]


def test_an_invitation_that_is_used_up_or_over_is_kept_no_longer(room: RoomLog, carol: str) -> None:
    once, twice, always, short, later = (new_id() for _ in range(5))
    room.write(invitation(room, once, uses=1), invitation(room, twice, uses=2), invitation(room, always))
    room.write(room.joining(carol, invite_id=once), room.of_member(events.MemberLeft, carol, actor=carol))
    room.write(room.joining(carol, invite_id=twice), room.of_member(events.MemberLeft, carol, actor=carol))
    room.write(room.joining(carol, invite_id=always))

    assert living(room) == [twice, always]

    # The room's minutes count from ten o'clock.
    room.write(invitation(room, short, until="2026-11-20T10:30:00.000Z"))
    assert living(room) == [twice, always, short]
    room.minute = 29
    room.write(invitation(room, later))
    assert living(room) == [twice, always, later]


# What one costs is judged on SQLite alone: the stand-in for MongoDB uses no index.


@pytest.fixture
def file_store(tmp_path: Path) -> Iterator[MessageStore]:
    with opened(f"sqlite:///{tmp_path}/messages.db") as store:
        yield store


def seconds_each(write: Callable[[], None], *, times: int = 15) -> float:
    """Return the processor's time for one, the best of some."""
    spent = []
    for _ in range(times):
        begun = time.process_time()
        write()
        spent.append(time.process_time() - begun)
    return min(spent)


def test_the_five_thousandth_reaction_costs_what_the_tenth_does(file_store: MessageStore, alice: str) -> None:
    room = RoomLog(file_store, owner=alice)
    room.begin()
    few, many = room.say(alice, "few"), room.say(alice, "many")
    room.write(*(add(room, new_id(), few) for _ in range(10)), *(add(room, new_id(), many) for _ in range(5000)))

    tenth = seconds_each(lambda: room.write(add(room, new_id(), few)))
    late = seconds_each(lambda: room.write(add(room, new_id(), many)))

    assert late <= 2 * tenth


def test_a_message_costs_the_same_however_many_invitations_were_used(file_store: MessageStore, alice: str) -> None:
    quiet, busy = RoomLog(file_store, owner=alice), RoomLog(file_store, owner=alice)
    quiet.begin()
    busy.begin()
    for _ in range(2000):
        invite_id, guest = new_id(), new_id()
        busy.write(
            invitation(busy, invite_id, uses=1),
            busy.joining(guest, invite_id=invite_id),
            busy.of_member(events.MemberLeft, guest, actor=guest),
        )

    unburdened = seconds_each(lambda: quiet.write(quiet.message(alice, "hi")))
    burdened = seconds_each(lambda: busy.write(busy.message(alice, "hi")))

    assert living(busy) == []
    assert burdened <= 2 * unburdened
