"""Everything that a store is asked and told, once: each method of the port, and each way through it that differs."""

from typing import Any

import pytest

from chatflow.ids import PARTITIONS, new_id
from chatflow.protocol import events
from chatflow.protocol.objects import Mentions, Message, Notify
from chatflow.wire.inbox import DoneItem, InboxKind
from chatflow.wire.log import Check, LoadRoom
from chatflow.wire.outbox import ALERTS, Job
from chatflow.wire.personal import HideWrite, MineWrite, NotifyWrite, ThreadMark, ThreadWrite
from chatflow.wire.reads import ReadMark
from message_service.retention.log_clock import ClockMark, RetentionTime
from message_service.stores.mongodb import newest
from message_service.stores.port import MessageStore, Span
from tests.contracts.message_store_log import RoomLog, in_time

ALL = range(PARTITIONS)
LIFECYCLE = {"migrate", "close"}
LATER = 40 * 86_400.0


class Asked:
    """Passes everything on to a store, and knows which of the port's methods were called."""

    def __init__(self, store: MessageStore) -> None:
        self._store = store
        self.methods: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        self.methods.add(name)
        return getattr(self._store, name)


def methods_of_the_port() -> set[str]:
    return {name for name in vars(MessageStore) if not name.startswith("_")} - LIFECYCLE


def ask_everything(store: Any) -> None:
    alice, bob, carol = new_id(), new_id(), new_id()
    room = RoomLog(store, owner=alice)
    room.begin(bob)
    store.append([room.run(room.joining(carol, actor=alice))], deadline=in_time(), added_per_hour=5)
    first = room.say(alice, "<@bob>", mentions=Mentions(users=[bob]), owed=True)
    reply = room.say(bob, "reply", reply_to=first.id, thread=first.id, owed=True, op="c:1")
    look_into_the_inbox(store, room, bob)
    again = room.say(carol, "and again", thread=first.id, owed=True)
    append_what_is_refused(room, bob)
    take_names(store, alice)
    change_messages(room, alice, bob, first, reply)
    let_in_and_out(room, carol)
    set_personal_things(store, room, bob, thread=first.id)
    read_for_processes(store, room, [alice, bob], [first, reply, again])
    read_for_people(store, room, bob, first, reply)
    work_off_the_outbox(store, room)
    keep_time_and_trim(store, room)
    store.check()


def append_what_is_refused(room: RoomLog, bob: str) -> None:
    """An op that is known, a check, and a head that is behind; nothing of it is written."""
    head, n = room.head, room.n
    room.append(room.message(bob, "again", op="c:1"))
    room.head, room.n = head, n
    room.append(Check(actor=bob, op="c:2"))
    room.append(Check(actor=bob, op="c:1"))
    room.head, room.n = 2, 0
    room.append(room.message(bob, "too late"))
    room.head, room.n = head, n


def take_names(store: Any, owner: str) -> None:
    """One that two have from before, one that is given up and taken again, and one whose claim stands in the way."""
    first, second, third = [RoomLog(store, owner=owner) for _ in range(3)]
    for room in (first, second):
        room.begin(name="harbour")
    for run in (
        first.run(first.update(name="quay")),
        first.run(first.update(name="pier")),
        third.run(third.creation(name="harbour")),
        third.run(third.creation(name="quay")),
    ):
        third.head = 0
        store.append([run], deadline=in_time(), unique_names=True)


def change_messages(room: RoomLog, alice: str, bob: str, first: Message, reply: Message) -> None:
    room.write(
        room.edit(first, "edited", mentions=Mentions(users=[bob]), op="c:3"),
        room.about(events.MessagePinned, alice, reply),
        room.about(events.ReactionAdded, bob, reply, emoji="x"),
        room.about(events.ReactionRemoved, bob, reply, emoji="x"),
        room.about(events.ReactionAdded, bob, reply, emoji="y"),
    )
    room.known(alice, "c:3")
    gone = room.say(alice, "gone")
    room.write(room.about(events.MessageDeleted, alice, gone))


def let_in_and_out(room: RoomLog, carol: str) -> None:
    invite_id = new_id()
    made = events.InviteCreated(**room.common(room.owner), invite_id=invite_id, role="member", uses=3)
    room.write(room.entry(made, secret_hash="h"))
    room.write(room.of_member(events.MemberLeft, carol, actor=carol), room.joining(carol, invite_id=invite_id))
    room.store.invites(room.room_id)
    room.write(room.entry(events.InviteRevoked(**room.common(room.owner), invite_id=invite_id)))


def set_personal_things(store: Any, room: RoomLog, user_id: str, *, thread: str) -> None:
    direct = RoomLog(store, owner=user_id)
    direct.begin(new_id(), kind="direct", name=None)
    for following in (False, True):
        store.write_personal([ThreadWrite(user_id=user_id, room_id=room.room_id, id=thread, following=following)])
    store.write_personal(
        [
            MineWrite(user_id=user_id, room_id=room.room_id, favourite=True, section="work"),
            NotifyWrite(user_id=user_id, room_id=room.room_id, notify=Notify("all")),
            HideWrite(user_id=user_id, room_id=direct.room_id, seq=1),
        ]
    )
    store.mark_read([ReadMark(user_id, room.room_id, 3)])
    store.mark_read([ReadMark(user_id, room.room_id, 1, sets=True)])
    store.read_threads([ThreadMark(user_id, room.room_id, thread, 1)])
    store.threads_of(user_id, unread=False, after=("~", ""), limit=10)


def look_into_the_inbox(store: Any, room: RoomLog, user_id: str) -> None:
    """With something of every kind in it, then one by one out of it."""
    direct, own = RoomLog(store, owner=room.owner), room.say(user_id, "what?")
    direct.begin(user_id, kind="direct", name=None)
    for text in "12":
        direct.say(room.owner, text)
        room.say(room.owner, text, mentions=Mentions(users=[user_id]), reply_to=own.id, thread=own.id)
    kinds: list[InboxKind] = ["mention", "thread", "unread"]
    store.inbox(user_id, kinds=kinds, after=None, limit=10, now=0.0)
    with pytest.MonkeyPatch.context() as patch:
        # As where there are very many.
        patch.setattr(newest, "READ_AT_ONCE", 1)
        store.inbox(user_id, kinds=kinds, after=("~", "~"), limit=10, now=0.0)
    store.finish(user_id, [DoneItem(room.room_id, room.head, kind) for kind in kinds])


def read_for_processes(store: Any, room: RoomLog, people: list[str], messages: list[Message]) -> None:
    ids = [message.id for message in messages]
    store.load([LoadRoom(room_id=room.room_id, message_ids=ids, reactors=[(one, people[1]) for one in ids])])
    store.people(people, limit=10)
    store.rows([(user_id, room.room_id) for user_id in people])
    store.versions(people)
    store.events({room.room_id: 1}, limit=100, tail=False)
    store.events({room.room_id: 1}, limit=100, tail=True)
    store.recent_heads(since=0.0, partitions=ALL, limit=10)


def read_for_people(store: Any, room: RoomLog, viewer: str, first: Message, reply: Message) -> None:
    room_id = room.room_id
    [(active_at, _), *_] = store.rooms_of(viewer, after=None, limit=10)
    store.rooms_of(viewer, after=(active_at, "~"), limit=10)
    for order in ("name", "activity", "members"):
        store.public_rooms("gen", after=None, limit=10, order=order)
        store.public_rooms("gen", after=("9", ""), limit=10, order=order)
    store.room(room_id)
    store.members(room_id, after="", limit=10)
    store.message(room_id, first.id, viewer=viewer)
    store.messages(room_id, Span(limit=10), viewer=viewer)
    store.messages(room_id, Span(limit=10, floor=2, around=3))
    store.pins(room_id, floor=1, viewer=viewer)
    store.pins(room_id, floor=1, before=1000)
    store.thread(room_id, first.id, floor=1, after=0, limit=10, viewer=viewer)
    store.reactors(room_id, reply.id, "y", after=(0, ""), limit=10)


def work_off_the_outbox(store: Any, room: RoomLog) -> None:
    owed = store.owed(limit=10, until=in_time(), partitions=None)
    assert len(owed) >= 3
    store.owed(limit=10, until=in_time(), partitions=[1, 2])
    store.owed(limit=10, until=in_time(), partitions=None, consumer="others")
    store.owed_since(ALERTS)
    store.owed_since("others")
    store.alert_details([*owed, Job(room.room_id, 7)])
    store.clear_owed([*owed, Job(room.room_id, 7)], consumer="others")
    store.clear_owed(owed)


def keep_time_and_trim(store: Any, room: RoomLog) -> None:
    store.keep_clock_mark(ClockMark(boot_id="", elapsed=1.0, time=1.0))
    store.clock_mark()
    room.write(room.update(retention_days=1))
    # Announced for one time, and withdrawn for another.
    for now in (in_time() + LATER, 1.0):
        store.trims_due(time=RetentionTime(now=now), partitions=ALL, after="", limit=1)
    store.trims_due(time=RetentionTime(now=in_time()), partitions=ALL, after="", limit=10)
    room.write(room.trim(1))
