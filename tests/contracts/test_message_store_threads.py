"""The threads that a person follows: whose they are, in which order, how many replies are unread."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chatflow.ids import new_id
from chatflow.protocol import events
from chatflow.protocol.objects import Mentions
from chatflow.wire.outbox import Job
from chatflow.wire.personal import ThreadMark, ThreadWrite
from chatflow.wire.reads import ReadMark
from message_service.log.threads import FOLLOWERS_MOVED
from message_service.stores.migrating import Progress
from message_service.stores.mongodb.store import MongodbStore
from message_service.stores.port import FoundThread
from message_service.stores.sqlite.store import SqliteStore
from tests.contracts.message_store_log import RoomLog


def threads(room: RoomLog, user_id: str, *, unread: bool = False) -> list[FoundThread]:
    return room.store.threads_of(user_id, unread=unread, after=None, limit=10).items


def shown(room: RoomLog, user_id: str, *, unread: bool = False) -> list[tuple[str, int, int]]:
    return [(one.root.id, one.replies, one.unread) for one in threads(room, user_id, unread=unread)]


def told_of(room: RoomLog, seq: int) -> dict[str, Any]:
    [details] = room.store.alert_details([Job(room.room_id, seq)])
    return {recipient.user_id: recipient.reason for recipient in details.recipients}


def read(room: RoomLog, user_id: str, root_id: str, n: int) -> int | None:
    [position] = room.store.read_threads([ThreadMark(user_id, room.room_id, root_id, n)])
    return position


def follow(room: RoomLog, user_id: str, root_id: str, following: bool) -> None:
    room.store.write_personal([ThreadWrite(user_id=user_id, room_id=room.room_id, id=root_id, following=following)])


def test_who_begins_a_thread_writes_in_it_or_is_named_in_it_follows_it(
    room: RoomLog, alice: str, bob: str, carol: str
) -> None:
    room.write(room.joining(carol))
    root = room.say(alice, "root")
    room.say(bob, "one", thread=root.id)
    assert (shown(room, alice), shown(room, bob), shown(room, carol)) == ([(root.id, 1, 1)], [(root.id, 1, 0)], [])

    last = room.say(bob, "<@carol>", thread=root.id, mentions=Mentions(users=[carol]))

    assert (shown(room, alice), shown(room, bob)) == ([(root.id, 2, 2)], [(root.id, 2, 0)])
    assert shown(room, carol) == [(root.id, 2, 1)]
    [found] = threads(room, carol)
    assert (found.room_id, found.root.seq, found.last and found.last.id) == (room.room_id, root.seq, last.id)


def test_replies_of_one_append_put_the_thread_in_its_place_for_all_who_write_in_it(
    room: RoomLog, alice: str, bob: str, carol: str
) -> None:
    room.write(room.joining(carol))
    other, root = room.say(alice, "other"), room.say(alice, "root")
    room.say(bob, "earlier", thread=other.id)

    room.write(*[room.message(one, "reply", thread=root.id) for one in (bob, carol, bob, alice)])

    assert shown(room, alice, unread=True) == [(other.id, 1, 1)]
    assert shown(room, bob, unread=True) == [(root.id, 4, 1)]
    assert shown(room, carol, unread=True) == [(root.id, 4, 2)]
    assert [one.root.id for one in threads(room, bob)] == [root.id, other.id]


def test_the_newest_reply_comes_first_and_pages_go_on(room: RoomLog, alice: str, bob: str) -> None:
    roots = [room.say(alice, str(number)) for number in range(3)]
    for root in [roots[1], roots[0], roots[2], roots[0]]:
        room.say(bob, "reply", thread=root.id)

    first = room.store.threads_of(alice, unread=False, after=None, limit=2)
    second = room.store.threads_of(alice, unread=False, after=first.next, limit=2)

    assert [one.root.id for one in first.items] == [roots[0].id, roots[2].id]
    assert ([one.root.id for one in second.items], second.next) == ([roots[1].id], None)


def test_a_thread_is_read_only_forward_and_by_its_own_number(room: RoomLog, alice: str, bob: str) -> None:
    root = room.say(alice, "root")
    one, two = [room.say(bob, text, thread=root.id) for text in "12"]

    assert read(room, alice, root.id, one.n) == one.n
    assert shown(room, alice) == [(root.id, 2, 1)]
    assert read(room, alice, root.id, 0) == one.n
    assert read(room, alice, root.id, 10**9) == two.n
    assert (shown(room, alice), shown(room, alice, unread=True)) == ([(root.id, 2, 0)], [])
    three = room.say(bob, "3", thread=root.id)
    assert shown(room, alice, unread=True) == [(root.id, 3, 1)]
    room.write(room.about(events.MessageDeleted, bob, three))
    assert (shown(room, alice), shown(room, alice, unread=True)) == ([(root.id, 3, 0)], [])


def test_what_one_may_not_read_is_neither_listed_nor_marked(room: RoomLog, alice: str, bob: str, carol: str) -> None:
    root = room.say(alice, "before")
    assert read(room, carol, root.id, 1) is None
    room.write(room.update(history="joined"), room.joining(carol))
    room.say(bob, "<@carol>", thread=root.id, mentions=Mentions(users=[carol]))

    assert (shown(room, carol), read(room, carol, root.id, 1)) == ([], None)
    room.write(room.of_member(events.MemberLeft, bob))
    assert (shown(room, bob), read(room, bob, root.id, 1)) == ([], None)


def test_whoever_chose_not_to_follow_does_not_until_they_write_again(room: RoomLog, alice: str, bob: str) -> None:
    root = room.say(alice, "root")
    room.say(bob, "1", thread=root.id)
    follow(room, alice, root.id, False)
    room.say(bob, "<@alice>", thread=root.id, mentions=Mentions(users=[alice]))
    assert shown(room, alice) == []

    room.say(alice, "again", thread=root.id)
    assert shown(room, alice) == [(root.id, 3, 0)]


@pytest.mark.parametrize("replies", [0, 2])
def test_whoever_chooses_to_follow_has_read_what_was_there(
    room: RoomLog, alice: str, bob: str, carol: str, replies: int
) -> None:
    room.write(room.joining(carol))
    root = room.say(alice, "root")
    for _ in range(replies):
        room.say(bob, "reply", thread=root.id)
    follow(room, carol, root.id, True)
    assert shown(room, carol) == [(root.id, replies, 0)]

    room.say(bob, "more", thread=root.id)
    assert shown(room, carol) == [(root.id, replies + 1, 1)]


def test_whoever_is_only_named_is_told_of_that_and_not_of_each_reply(
    room: RoomLog, alice: str, bob: str, carol: str
) -> None:
    room.write(room.joining(carol))
    root = room.say(alice, "root")
    named = room.say(bob, "<@carol>", thread=root.id, mentions=Mentions(users=[carol]))
    later = room.say(bob, "later", thread=root.id)

    assert told_of(room, named.seq) == {alice: "thread", carol: "mention"}
    assert told_of(room, later.seq) == {alice: "thread"}
    room.say(carol, "what?", thread=root.id)
    assert told_of(room, room.say(bob, "this", thread=root.id).seq) == {alice: "thread", carol: "thread"}


@pytest.mark.not_on_ferretdb("it looks through the memberships for each that is written, and there are hundreds")
def test_a_reply_moves_a_thread_for_so_many_people_and_first_for_those_who_take_part(
    room: RoomLog, alice: str, bob: str
) -> None:
    crowd = [new_id() for _ in range(FOLLOWERS_MOVED)]
    early, by_hand, again = new_id(), new_id(), new_id()
    room.write(*(room.joining(user_id) for user_id in [early, by_hand, again, *crowd]))
    roots = [room.say(alice, text) for text in "12"]
    room.say(bob, "hi", thread=roots[0].id, mentions=Mentions(users=[early, again]))
    follow(room, by_hand, roots[0].id, True)
    for first in range(0, len(crowd), 50):
        room.say(bob, "you", thread=roots[0].id, mentions=Mentions(users=crowd[first : first + 50]))
    everybody = [alice, bob, early, by_hand, again, crowd[-1]]
    room.say(alice, "all", thread=roots[1].id, mentions=Mentions(users=everybody[1:]))

    room.say(bob, "again", thread=roots[0].id, mentions=Mentions(users=[again]))

    first_of = {user_id: shown(room, user_id)[0][0] for user_id in everybody}
    assert first_of == dict.fromkeys(everybody, roots[0].id) | {early: roots[1].id}


def test_a_thread_says_whether_one_follows_it(room: RoomLog, alice: str, bob: str, carol: str) -> None:
    root = room.say(alice, "root")
    reply = room.say(bob, "reply", thread=root.id)

    def read_n(viewer: str | None) -> int | None:
        return room.store.thread(room.room_id, root.id, floor=1, after=0, limit=10, viewer=viewer).thread_read_n

    assert (read_n(alice), read_n(bob), read_n(carol), read_n(None)) == (root.n, reply.n, None, None)
    follow(room, alice, root.id, False)
    assert read_n(alice) is None


def test_who_began_a_thread_follows_it_before_anybody_replied_unless_they_chose_not_to(
    room: RoomLog, alice: str, bob: str
) -> None:
    root, other = room.say(alice, "root"), room.say(alice, "other")

    def read_n(viewer: str, root_id: str, *, floor: int = 1) -> int | None:
        return room.store.thread(room.room_id, root_id, floor=floor, after=0, limit=10, viewer=viewer).thread_read_n

    assert (read_n(alice, root.id), read_n(bob, root.id)) == (root.n, None)
    assert read_n(alice, root.id, floor=root.seq + 1) is None
    follow(room, alice, root.id, False)
    follow(room, bob, root.id, True)
    assert (read_n(alice, root.id), read_n(bob, root.id), read_n(alice, other.id)) == (None, room.n, other.n)
    room.say(bob, "one", thread=root.id)
    assert read_n(alice, root.id) is None
    reply = room.say(alice, "two", thread=root.id)
    assert read_n(alice, root.id) == reply.n
    assert read_n(alice, reply.id) is None


def forget_in_sqlite(store: Any) -> None:
    with store._db.writing() as db:
        db.execute("DELETE FROM thread_people")


def forget_in_mongodb(store: Any) -> None:
    store._db.thread_people.delete_many({})


FORGET: dict[type, Callable[[Any], None]] = {SqliteStore: forget_in_sqlite, MongodbStore: forget_in_mongodb}


def older_threads(room: RoomLog) -> Iterator[Progress]:
    """Begin the step that notes older threads, as each start of a service does until it is done."""
    store: Any = room.store
    begun: Iterator[Progress] = next(step for step in migrations_of(store) if step.name == "older_threads").up(
        store._db
    )
    return begun


def migrations_of(store: Any) -> list[Any]:
    return list(store.migrating._migrations)


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in ("sqlite", "mongodb"):
        name = f"message_service.stores.{kind}.migrations.m0019_older_threads.REPLIES_PER_BATCH"
        monkeypatch.setattr(name, 2)


@pytest.mark.usefixtures("small_batches")
def test_long_threads_from_before_come_along_in_batches_of_replies(room: RoomLog, alice: str, bob: str) -> None:
    roots = [room.say(alice, text) for text in "12"]
    for root in roots:
        for text in "12345":
            room.say(bob, text, thread=root.id)
    store: Any = room.store
    FORGET[type(store)](store)

    stopped = older_threads(room)
    assert [next(stopped).done for _ in range(3)] == [0, 0, 1]
    assert len(shown(room, bob)) == 2
    # Begun again with the second thread: three batches of five replies and the end.
    assert [progress.done for progress in older_threads(room)] == [1, 1, 1, 2]
    assert shown(room, alice) == [(roots[1].id, 5, 5), (roots[0].id, 5, 5)]
    assert shown(room, bob) == [(roots[1].id, 5, 0), (roots[0].id, 5, 0)]


def test_replies_after_a_thread_came_along_stay_unread_when_the_step_is_begun_again(
    room: RoomLog, alice: str, bob: str
) -> None:
    root = room.say(alice, "root")
    room.say(bob, "before", thread=root.id)
    assert [progress.done for progress in older_threads(room)][-1] == 1
    room.say(bob, "after", thread=root.id)
    room.store.mark_read([ReadMark(alice, room.room_id, room.head)])
    before = shown(room, alice)

    list(older_threads(room))

    assert shown(room, alice) == before == [(root.id, 2, 2)]


def test_replies_after_a_thread_came_along_stay_unread_where_two_processes_note_it_at_once(
    room: RoomLog, alice: str, bob: str
) -> None:
    root = room.say(alice, "root")
    room.say(bob, "before", thread=root.id)
    late = older_threads(room)
    next(late)
    list(older_threads(room))
    room.say(bob, "after", thread=root.id)
    room.store.mark_read([ReadMark(alice, room.room_id, room.head)])
    before = shown(room, alice)

    list(late)

    assert shown(room, alice) == before == [(root.id, 2, 2)]


def test_threads_from_before_come_along(room: RoomLog, alice: str, bob: str, carol: str) -> None:
    room.write(room.joining(carol))
    root, other = room.say(alice, "root"), room.say(carol, "another")
    follow(room, carol, root.id, True)
    room.say(bob, "one", thread=root.id)
    room.say(alice, "two", thread=other.id)
    follow(room, alice, other.id, False)
    before = [shown(room, who) for who in (alice, bob, carol)]
    assert before == [[(root.id, 1, 1)], [(root.id, 1, 0)], [(other.id, 1, 1), (root.id, 1, 1)]]
    store: Any = room.store
    FORGET[type(store)](store)
    assert shown(room, carol) == []

    for _ in range(2):
        list(older_threads(room))

    # Who has read the room has read its threads: here the one who spoke last in it.
    assert [shown(room, who) for who in (alice, bob, carol)] == [[(root.id, 1, 0)], *before[1:]]
