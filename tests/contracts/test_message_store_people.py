"""What a store tells people about their rooms: unread and mention counts, read positions, and that a list changed."""

from chatflow.ids import new_id
from chatflow.protocol import events
from chatflow.protocol.objects import Mentions, Notify
from chatflow.wire.reads import ReadMark, ReadPosition, Unshown
from message_service.stores.port import MessageStore
from tests.contracts.message_store_log import RoomLog


def test_others_messages_are_unread_and_ones_own_are_not(room: RoomLog, alice: str, bob: str) -> None:
    room.say(alice, "1")
    room.say(alice, "2")

    assert (room.counts(alice), room.counts(bob)) == ((0, 0), (2, 0))
    assert (room.row(alice).room.read_seq, room.row(alice).read_n) == (3, 2)


def test_saying_something_reads_what_is_above(room: RoomLog, alice: str, bob: str) -> None:
    room.say(alice, "1")
    room.say(bob, "2")
    room.say(alice, "3")

    assert (room.counts(alice), room.counts(bob)) == ((0, 0), (1, 0))


def test_a_deleted_message_is_not_unread_any_more(room: RoomLog, alice: str, bob: str) -> None:
    one, two = room.say(alice, "1"), room.say(alice, "2", mentions=Mentions(users=[bob]))
    assert room.counts(bob) == (2, 1)

    room.write(room.about(events.MessageDeleted, alice, two))
    assert room.counts(bob) == (1, 0)

    room.store.mark_read([ReadMark(bob, room.room_id, one.seq)])
    assert room.counts(bob) == (0, 0)


def test_a_deletion_of_what_was_read_changes_no_count(room: RoomLog, alice: str, bob: str) -> None:
    one = room.say(alice, "1")
    room.store.mark_read([ReadMark(bob, room.room_id, one.seq)])
    room.say(alice, "2")

    room.write(room.about(events.MessageDeleted, alice, one))

    assert room.counts(bob) == (1, 0)


def test_mentions_count_by_name_and_for_everyone(room: RoomLog, alice: str, bob: str, carol: str) -> None:
    room.write(room.joining(carol))
    room.say(alice, "<@bob>", mentions=Mentions(users=[bob]))
    room.say(alice, "<@all> <@bob>", mentions=Mentions(users=[bob], all=True))
    room.say(alice, "<@here>", mentions=Mentions(here=True))

    assert (room.counts(alice), room.counts(bob), room.counts(carol)) == ((0, 0), (3, 3), (3, 2))


def test_an_edit_changes_whom_a_message_counts_for(room: RoomLog, alice: str, bob: str, carol: str) -> None:
    room.write(room.joining(carol))
    message = room.say(alice, "<@bob>", mentions=Mentions(users=[bob]))

    room.write(room.edit(message, "<@carol>", mentions=Mentions(users=[carol])))

    assert (room.counts(bob), room.counts(carol)) == ((1, 0), (1, 1))


def test_retention_changes_no_count(room: RoomLog, alice: str, bob: str) -> None:
    room.say(alice, "<@bob>", mentions=Mentions(users=[bob]))

    room.write(room.trim(1))

    assert room.counts(bob) == (1, 1)


def test_whoever_joins_has_read_what_was_there(room: RoomLog, alice: str, carol: str) -> None:
    room.say(alice, "<@all>", mentions=Mentions(all=True))
    room.write(room.joining(carol))
    room.say(alice, "2")

    assert room.counts(carol) == (1, 0)
    assert (room.row(carol).joined_seq, room.row(carol).room.read_seq) == (3, 3)


def test_positions_move_only_forward_and_not_past_the_end(room: RoomLog, alice: str, bob: str) -> None:
    one, two = room.say(alice, "1"), room.say(alice, "2")

    def mark(seq: int) -> ReadPosition:
        [position] = room.store.mark_read([ReadMark(bob, room.room_id, seq)])
        return position

    assert mark(one.seq) == ReadPosition(bob, room.room_id, one.seq, 1, 1)
    assert mark(two.seq) == ReadPosition(bob, room.room_id, two.seq, 2, 2)
    assert mark(one.seq) == ReadPosition(bob, room.room_id, two.seq, 2, 3)
    assert mark(0) == ReadPosition(bob, room.room_id, two.seq, 2, 4)
    assert mark(10**9) == ReadPosition(bob, room.room_id, two.seq, 2, 5)
    assert room.row(bob).room.read_seq == two.seq


def test_marks_of_many_are_one_batch_and_strangers_have_no_position(
    room: RoomLog, alice: str, bob: str, carol: str
) -> None:
    one = room.say(alice, "1")
    unknown = new_id()

    positions = room.store.mark_read(
        [ReadMark(bob, room.room_id, one.seq), ReadMark(carol, room.room_id, 1), ReadMark(bob, unknown, 1)]
    )

    assert positions == [
        ReadPosition(bob, room.room_id, one.seq, 1, 1),
        ReadPosition(carol, room.room_id, None),
        ReadPosition(bob, unknown, None),
    ]


def test_who_left_has_no_position(room: RoomLog, bob: str) -> None:
    room.write(room.of_member(events.MemberLeft, bob))

    assert room.store.mark_read([ReadMark(bob, room.room_id, 1)]) == [ReadPosition(bob, room.room_id, None)]


def test_rows_are_told_for_memberships_only(room: RoomLog, bob: str, carol: str) -> None:
    rows = room.store.rows([(carol, room.room_id), (bob, room.room_id), (bob, new_id())])

    assert [(user_id, row.room.id) for user_id, row in rows] == [(bob, room.room_id)]
    assert rows[0][1].room.notify == Notify("all", None)


def test_connecting_tells_rooms_most_recent_first_and_all_heads(store: MessageStore, alice: str, bob: str) -> None:
    rooms = [RoomLog(store, owner=alice) for _ in range(3)]
    for minute, room in enumerate(rooms):
        room.minute = 60 * minute
        room.begin(bob)
    rooms[0].minute = 300
    rooms[0].say(alice, "latest")

    [person, stranger] = store.people([bob, new_id()], limit=2)

    assert [row.room.id for row in person.rows] == [rooms[0].room_id, rooms[2].room_id]
    assert person.more
    assert person.room_heads == {rooms[0].room_id: 2, rooms[1].room_id: 1, rooms[2].room_id: 1}
    assert (stranger.rows, stranger.room_heads, stranger.rooms_version, stranger.more) == ([], {}, 0, False)


def test_rooms_that_are_not_shown_say_since_when_one_is_in_and_what_they_show(
    store: MessageStore, alice: str, bob: str
) -> None:
    rooms = [RoomLog(store, owner=alice) for _ in range(3)]
    for minute, (room, history) in enumerate(zip(rooms, ("joined", "all", "all"), strict=True)):
        room.minute = 60 * minute
        room.begin(history=history)
        room.write(room.joining(bob))

    [person] = store.people([bob], limit=1)

    assert [row.room.id for row in person.rows] == [rooms[2].room_id]
    assert person.unshown == {rooms[0].room_id: Unshown(2, "joined"), rooms[1].room_id: Unshown(2, "all")}


def test_ones_rooms_go_on_behind_what_was_shown(store: MessageStore, alice: str) -> None:
    rooms = [RoomLog(store, owner=alice) for _ in range(5)]
    for minute, room in enumerate(rooms):
        room.minute = 10 * (minute // 2)
        room.begin()

    shown = store.rooms_of(alice, after=None, limit=3)
    active_at, last = shown[-1]
    rest = store.rooms_of(alice, after=(active_at, last.room.id), limit=10)

    found = [row.room.id for _, row in [*shown, *rest]]
    assert len(found) == 5
    assert set(found) == {room.room_id for room in rooms}
    assert found[0] == rooms[4].room_id


def test_the_version_changes_whenever_a_list_of_rooms_does(room: RoomLog, alice: str, bob: str, carol: str) -> None:
    def version(user_id: str) -> int:
        return room.store.versions([user_id])[user_id]

    seen = [version(carol)]
    for entry in (
        room.joining(carol),
        room.of_member(events.MemberKicked, carol),
        room.joining(carol),
        room.of_member(events.MemberBanned, carol),
    ):
        room.write(entry)
        seen.append(version(carol))
    assert len(set(seen)) == 5
    assert seen[0] == 0

    before = version(bob)
    room.say(alice, "no list changes by this")
    assert version(bob) == before
    assert room.store.people([bob], limit=1)[0].rooms_version == before
