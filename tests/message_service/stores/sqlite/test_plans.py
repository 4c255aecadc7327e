"""No question and no write of the SQLite store reads through a table: what one costs does not grow with the history."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from chatflow.ids import new_id
from chatflow.protocol import events
from chatflow.protocol.objects import Mentions, Message, Notify
from chatflow.wire.inbox import DoneItem, InboxKind
from chatflow.wire.log import Check
from chatflow.wire.outbox import ALERTS, Job
from chatflow.wire.personal import HideWrite, MineWrite, NotifyWrite, ThreadMark, ThreadWrite
from chatflow.wire.reads import ReadMark
from message_service.retention.log_clock import ClockMark, RetentionTime
from message_service.stores.port import Span
from message_service.stores.sqlite.store import SqliteStore
from tests.contracts.message_store_log import RoomLog, in_time

# A plan that looks something up says SEARCH; this one goes from the first row to the last. What is asked for
# (json_each, constant rows) is scanned, and the page of rooms that one query makes for another.
SCAN = re.compile(r"^SCAN (?!j |json_each |asked\b|(?:\d+ )?CONSTANT ROW|page\b|\(subquery)")


@pytest.fixture
def statements(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement that the store makes while it does everything that it can do once."""
    seen: dict[str, None] = {}
    connect = sqlite3.connect

    def connect_traced(*args: object, **options: object) -> sqlite3.Connection:
        db = connect(*args, **options)  # type: ignore[call-overload]
        db.set_trace_callback(lambda statement: seen.setdefault(statement))
        traced: sqlite3.Connection = db
        return traced

    monkeypatch.setattr(sqlite3, "connect", connect_traced)
    with closing(SqliteStore(str(tmp_path / "messages.db"))) as store:
        store.migrate()
        seen.clear()
        do_everything(store)
    monkeypatch.undo()
    return list(seen)


def set_personal_things(store: SqliteStore, room: RoomLog, user_id: str, *, thread: str) -> None:
    direct = RoomLog(store, owner=user_id)
    direct.begin(new_id(), kind="direct", name=None)
    store.write_personal(
        [
            MineWrite(user_id=user_id, room_id=room.room_id, favourite=True, section="work"),
            NotifyWrite(user_id=user_id, room_id=room.room_id, notify=Notify("none")),
            ThreadWrite(user_id=user_id, room_id=room.room_id, id=thread, following=True),
            HideWrite(user_id=user_id, room_id=direct.room_id, seq=1),
        ]
    )


def react_and_invite(room: RoomLog, bob: str, carol: str, message: Message) -> None:
    room.write(room.about(events.ReactionAdded, bob, message, emoji="x"))
    room.write(room.about(events.ReactionRemoved, bob, message, emoji="x"))
    room.write(room.about(events.ReactionAdded, bob, message, emoji="y"))
    room.loaded(message_ids=[message.id], reactors=[(message.id, bob)])
    room.store.reactors(room.room_id, message.id, "y", after=(0, ""), limit=10)
    invite_id = new_id()
    made = events.InviteCreated(**room.common(room.owner), invite_id=invite_id, role="member", uses=3)
    room.write(room.entry(made, secret_hash="h"), room.joining(carol, invite_id=invite_id))
    room.store.invites(room.room_id)
    room.write(room.entry(events.InviteRevoked(**room.common(room.owner), invite_id=invite_id)))
    room.loaded()


def look_into_the_inbox(store: SqliteStore, room: RoomLog, user_id: str) -> None:
    direct, own = RoomLog(store, owner=room.owner), room.say(user_id, "what?")
    direct.begin(user_id, kind="direct", name=None)
    direct.say(room.owner, "hi")
    room.say(room.owner, "this", mentions=Mentions(users=[user_id]), reply_to=own.id, thread=own.id)
    kinds: list[InboxKind] = ["mention", "thread", "unread"]
    found = store.inbox(user_id, kinds=kinds, after=None, limit=10, now=0.0).items
    assert {one.kind for one in found} == set(kinds)
    store.finish(user_id, [DoneItem(room.room_id, room.head, kind) for kind in kinds])


def do_everything(store: SqliteStore) -> None:
    alice, bob, carol = new_id(), new_id(), new_id()
    room = RoomLog(store, owner=alice)
    room.begin(bob)
    store.append([room.run(room.joining(carol, actor=alice))], deadline=in_time(), added_per_hour=1)
    room.write(room.of_member(events.MemberLeft, carol))
    named = RoomLog(store, owner=alice)
    store.append([named.run(named.creation(name="harbour"))], deadline=in_time(), unique_names=True)
    first = room.say(alice, "<@bob>", mentions=Mentions(users=[bob]), owed=True)
    reply = room.say(bob, "reply", reply_to=first.id, thread=first.id, op="c:1")
    room.append(room.message(bob, "again", op="c:1"))
    room.head, room.n = 5, 2
    room.append(Check(actor=bob, op="c:2"))
    room.head, room.n = 4, 1
    room.append(room.message(bob, "too late"))
    room.head, room.n = 5, 2
    room.write(room.edit(first, "edited"), room.about(events.MessagePinned, alice, reply), room.joining(carol))
    room.write(room.of_member(events.MemberLeft, carol), room.about(events.MessageDeleted, alice, first))
    react_and_invite(room, bob, carol, reply)
    set_personal_things(store, room, bob, thread=first.id)
    room.write(room.trim(1))
    room.loaded(message_ids=[first.id])
    room.known(bob, "c:1")
    store.people([alice, bob], limit=10)
    store.rows([(bob, room.room_id)])
    room.events(after=1)
    room.events(tail=True)
    store.recent_heads(since=0.0, partitions=range(256), limit=10)
    room.write(room.update(retention_days=1))
    room.say(alice, "young")
    store.trims_due(time=RetentionTime(now=in_time()), partitions=range(256), after="", limit=10)
    store.keep_clock_mark(ClockMark(boot_id="", elapsed=1.0, time=1.0))
    store.clock_mark()
    store.versions([alice])
    store.mark_read([ReadMark(alice, room.room_id, 3)])
    store.mark_read([ReadMark(alice, room.room_id, 1, sets=True)])
    store.read_threads([ThreadMark(bob, room.room_id, first.id, 1)])
    store.threads_of(bob, unread=False, after=None, limit=10)
    look_into_the_inbox(store, room, bob)
    store.owed(limit=10, until=in_time(), partitions=None)
    store.owed(limit=10, until=in_time(), partitions=[1])
    store.alert_details([Job(room.room_id, 2), Job(room.room_id, 3)])
    store.owed_since(ALERTS)
    store.clear_owed([Job(room.room_id, 2)])
    store.rooms_of(alice, after=("~", "~"), limit=10)
    for order in ("name", "activity", "members"):
        store.public_rooms("gen", after=None, limit=10, order=order)
    store.room(room.room_id)
    store.members(room.room_id, after="", limit=10)
    store.messages(room.room_id, Span(limit=10, floor=2, around=3))
    store.message(room.room_id, first.id)
    store.messages(room.room_id, Span(limit=10), viewer=bob)
    store.pins(room.room_id, floor=1)
    store.thread(room.room_id, first.id, floor=1, after=0, limit=10)
    store.check()


@pytest.fixture
def plans(statements: list[str], tmp_path: Path) -> dict[str, list[str]]:
    """Return for each statement how SQLite finds what it is about."""
    with closing(sqlite3.connect(tmp_path / "messages.db")) as db:
        return {
            statement: [line for *_, line in db.execute(f"EXPLAIN QUERY PLAN {statement}")]
            for statement in statements
            if statement.startswith(("SELECT", "UPDATE", "DELETE", "INSERT", "REPLACE"))
        }


def test_nothing_is_scanned(plans: dict[str, list[str]]) -> None:
    # The directory goes through the open channels by name, as far as its page needs, and a ping looks at one row.
    expected = ("FROM rooms\n    WHERE kind = 'channel'", "SELECT 1 FROM rooms LIMIT 1")

    scans = {
        statement: plan
        for statement, plan in plans.items()
        if any(SCAN.match(line) for line in plan) and not any(known in statement for known in expected)
    }

    assert len(plans) > 40
    assert scans == {}


def test_deleted_messages_are_counted_without_a_look_at_the_others(plans: dict[str, list[str]]) -> None:
    counting = [plan for statement, plan in plans.items() if "FROM messages AS d" in statement]

    assert len(counting) >= 2
    assert all("SEARCH d USING INDEX deleted_messages (room=? AND n>?)" in plan for plan in counting)
