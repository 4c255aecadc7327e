"""A person's inbox: what is open in it, in which order, and what takes it out."""

import time
from typing import Any

import pytest

from chatflow.ids import new_id
from chatflow.protocol import events
from chatflow.protocol.objects import Mentions, Message, Notify
from chatflow.wire.inbox import DoneItem, InboxDoneAnswer, InboxKind, ThreadRead
from chatflow.wire.personal import NotifyWrite
from chatflow.wire.reads import ReadMark
from message_service.log.inbox import CALLS_IN_A_ROOM
from message_service.stores.mongodb import newest
from message_service.stores.port import InboxItem, MessageStore
from tests.contracts.message_store_log import RoomLog

KINDS: list[InboxKind] = ["mention", "thread", "unread"]


def inbox(store: MessageStore, user_id: str, *kinds: InboxKind, **asked: Any) -> list[InboxItem]:
    return store.inbox(user_id, kinds=kinds or KINDS, now=time.time(), **({"after": None, "limit": 50} | asked)).items


def shown(room: RoomLog, user_id: str, kind: InboxKind = "mention") -> list[tuple[str, int]]:
    """Return why, and which seq."""
    return [(one.why, one.seq) for one in inbox(room.store, user_id, kind)]


def call(room: RoomLog, sender: str, whom: str, **more: Any) -> Message:
    return room.say(sender, f"<@{whom}>", mentions=Mentions(users=[whom]), **more)


def finish(room: RoomLog, user_id: str, seq: int, kind: InboxKind = "mention") -> InboxDoneAnswer:
    return room.store.finish(user_id, [DoneItem(room.room_id, seq, kind)])


def test_a_message_calls_people_by_a_mention_an_answer_or_in_a_direct_room(room: RoomLog, alice: str, bob: str) -> None:
    own = room.say(bob, "what?")
    room.say(alice, "nobody in particular")
    named = call(room, alice, bob)
    answer = room.say(alice, "that", reply_to=own.id)
    everyone = room.say(alice, "<@here>", mentions=Mentions(here=True))
    both = call(room, alice, bob, reply_to=own.id)
    room.say(bob, "read it all", thread=None)
    assert shown(room, bob) == []
    room.store.mark_read([ReadMark(bob, room.room_id, own.seq, sets=True)])

    assert shown(room, bob) == [
        ("mention", both.seq), ("all", everyone.seq), ("reply", answer.seq), ("mention", named.seq)
    ]  # fmt: skip
    [line] = inbox(room.store, bob, "mention", limit=1)
    assert (line.kind, line.room_id, line.at, line.message and line.message.text) == (
        "mention", room.room_id, both.at, both.text
    )  # fmt: skip
    direct = RoomLog(room.store, owner=alice)
    direct.begin(bob, kind="direct", name=None)
    said = [direct.say(alice, text) for text in "12"]
    assert [(one.why, one.seq) for one in inbox(room.store, bob, "mention")[-2:]] == [
        ("direct", said[1].seq), ("direct", said[0].seq)
    ]  # fmt: skip
    assert shown(room, alice) == []


def test_what_is_read_or_done_or_deleted_is_open_no_more(room: RoomLog, alice: str, bob: str) -> None:
    first, second, third, last = [call(room, alice, bob) for _ in range(4)]

    assert finish(room, bob, second.seq).mentions == [DoneItem(room.room_id, second.seq)]
    finish(room, bob, second.seq)
    room.write(room.about(events.MessageDeleted, alice, third))

    assert shown(room, bob) == [("mention", last.seq), ("mention", first.seq)]
    assert room.row(bob).room.read_seq == 1
    room.store.mark_read([ReadMark(bob, room.room_id, first.seq)])
    assert shown(room, bob) == [("mention", last.seq)]
    assert shown(room, alice) == []


def test_what_an_edit_newly_mentions_calls_and_whom_it_mentions_no_more_it_does_not(
    room: RoomLog, alice: str, bob: str
) -> None:
    named, plain = call(room, alice, bob), room.say(alice, "plain")

    room.write(room.edit(named, "nobody"), room.edit(plain, "<@bob>", mentions=Mentions(users=[bob])))

    assert shown(room, bob) == [("mention", plain.seq)]


def test_an_unread_room_stands_with_its_newest_message_unless_it_is_muted(room: RoomLog, alice: str, bob: str) -> None:
    room.say(alice, "one")
    newest_message = call(room, alice, bob)
    [line] = inbox(room.store, bob, "unread")
    assert (line.why, line.seq, line.unread, line.mentions) == ("unread", newest_message.seq, 2, 1)
    assert line.message is not None
    assert line.message.id == newest_message.id

    muted = Notify("all", "2126-01-01T00:00:00.000Z")
    for notify in (Notify("none"), muted):
        room.store.write_personal([NotifyWrite(user_id=bob, room_id=room.room_id, notify=notify)])
        assert (shown(room, bob, "unread"), shown(room, bob)) == ([], [("mention", newest_message.seq)])
    over = Notify("mentions", "2020-01-01T00:00:00.000Z")
    room.store.write_personal([NotifyWrite(user_id=bob, room_id=room.room_id, notify=over)])
    room.write(room.about(events.MessageDeleted, alice, newest_message))
    [line] = inbox(room.store, bob, "unread")
    assert (line.message, line.unread, line.mentions) == (None, 1, 0)

    done = finish(room, bob, newest_message.seq, "unread")
    assert [(position.room_id, position.seq) for position in done.reads] == [(room.room_id, newest_message.seq)]
    assert (room.row(bob).room.read_seq, shown(room, bob, "unread")) == (newest_message.seq, [])


def test_a_thread_stands_with_its_newest_reply_until_it_is_read(room: RoomLog, alice: str, bob: str) -> None:
    root = room.say(alice, "root")
    _, reply = [room.say(bob, text, thread=root.id) for text in "12"]
    [line] = inbox(room.store, alice, "thread")
    assert (line.why, line.seq, line.thread, line.unread) == ("thread", reply.seq, root.id, 2)

    done = finish(room, alice, reply.seq, "thread")

    assert done.threads == [ThreadRead(room.room_id, root.id, reply.n)]
    assert shown(room, alice, "thread") == []
    assert shown(room, alice, "unread") == [("unread", reply.seq)]


def test_pages_go_on_among_threads_that_got_a_reply_at_one_time(room: RoomLog, alice: str, bob: str) -> None:
    roots = [room.say(alice, text) for text in "123"]
    for root in roots:
        room.minute = 30
        room.say(bob, "reply", thread=root.id)

    seen, after = [], None
    for _ in roots:
        page = room.store.inbox(alice, kinds=["thread"], now=time.time(), after=after, limit=1)
        seen += [one.thread for one in page.items]
        after = page.next

    assert set(seen) == {root.id for root in roots}
    assert len(seen) == len(roots)


def test_all_kinds_together_come_newest_first_and_pages_go_on(room: RoomLog, alice: str, bob: str) -> None:
    rooms = [room, *(RoomLog(room.store, owner=alice) for _ in range(2))]
    root = rooms[0].say(bob, "root")
    for minute, one in enumerate(rooms[1:], start=10):
        one.minute = minute
        one.begin(bob)
    for _ in range(2):
        for one in rooms:
            call(one, alice, bob)
    rooms[0].say(alice, "reply", thread=root.id)
    everything = inbox(room.store, bob)
    assert [one.at for one in everything] == sorted((one.at for one in everything), reverse=True)
    assert [one.kind for one in everything].count("mention") == 6
    assert [one.kind for one in everything].count("unread") == 3
    assert [one.kind for one in everything].count("thread") == 1

    paged: list[InboxItem] = []
    after = None
    while True:
        page = room.store.inbox(bob, kinds=KINDS, after=after, limit=3, now=time.time())
        paged += page.items
        after = page.next
        if after is None:
            break
    assert paged == everything


def test_an_inbox_has_nothing_of_rooms_that_one_is_not_in_or_of_what_was_before_one_came(
    room: RoomLog, alice: str, bob: str, carol: str
) -> None:
    before = call(room, alice, carol)
    answered = room.say(alice, "hi")
    assert inbox(room.store, carol) == []
    assert finish(room, carol, before.seq) == finish(room, carol, before.seq, "unread") == InboxDoneAnswer()

    room.write(room.joining(carol))
    room.store.mark_read([ReadMark(carol, room.room_id, 0, sets=True)])
    assert [one.seq for one in inbox(room.store, carol)] == [answered.seq, before.seq]
    room.write(room.update(history="joined"))
    assert inbox(room.store, carol) == []
    assert finish(room, carol, before.seq) == InboxDoneAnswer()
    after = call(room, alice, carol, reply_to=answered.id)
    assert shown(room, carol) == [("mention", after.seq)]

    room.write(room.of_member(events.MemberKicked, carol))
    assert inbox(room.store, carol) == []
    assert finish(room, carol, after.seq) == finish(room, carol, after.seq, "thread") == InboxDoneAnswer()
    assert finish(room, new_id(), after.seq) == InboxDoneAnswer()


def test_of_one_room_the_newest_calls_are_in_the_inbox_and_no_other_room_loses_any(
    room: RoomLog, alice: str, bob: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(newest, "READ_AT_ONCE", 20)
    quiet = RoomLog(room.store, owner=alice)
    quiet.begin(bob)
    for _ in range(3):
        call(quiet, alice, bob)
    entries = [room.message(alice, "<@all>", mentions=Mentions(all=True)) for _ in range(CALLS_IN_A_ROOM + 5)]
    room.write(*entries)

    found = inbox(room.store, bob, "mention", limit=100)

    assert [one.seq for one in found if one.room_id == room.room_id] == [
        entry.event.seq for entry in reversed(entries[5:])
    ]
    assert len([one for one in found if one.room_id == quiet.room_id]) == 3
