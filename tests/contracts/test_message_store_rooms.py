"""The projections of a store: rooms, their members, how they may be joined, and what a worker loads."""

import pytest

from chatflow.ids import new_id
from chatflow.protocol import events
from chatflow.protocol.events import FOREVER
from chatflow.protocol.objects import Room
from chatflow.wire.log import InviteState, LoadRoom, MemberState, Snapshot
from message_service.stores.port import MessageStore
from tests.contracts.message_store_log import RoomLog, message_of


def snapshot(room: RoomLog) -> Snapshot:
    found = room.loaded().snapshot
    assert found is not None
    return found


def roles(room: RoomLog) -> dict[str, str]:
    return {member.user_id: member.role for member in snapshot(room).members}


def test_an_unknown_room_has_head_zero(store: MessageStore) -> None:
    [loaded] = store.load([LoadRoom(room_id=new_id())])

    assert (loaded.head, loaded.n, loaded.snapshot) == (0, 0, None)
    assert store.room(loaded.room_id) is None


def test_a_room_begins_with_its_settings_and_members(store: MessageStore, alice: str, bob: str) -> None:
    room = RoomLog(store, owner=alice)
    room.begin(bob, name="회의", topic="t", description="1\n2", private=True, retention_days=30, history="joined")

    assert snapshot(room).room == Room(
        id=room.room_id,
        kind="channel",
        name="회의",
        topic="t",
        description="1\n2",
        private=True,
        archived=False,
        member_count=2,
        head=1,
        n=0,
        retention_days=30,
        history="joined",
    )
    assert sorted(snapshot(room).members, key=lambda member: member.user_id) == sorted(
        [MemberState(alice, "owner", 1), MemberState(bob, "member", 1)], key=lambda member: member.user_id
    )


def test_a_direct_room_names_its_people(store: MessageStore, alice: str, bob: str) -> None:
    room = RoomLog(store, owner=alice)
    room.begin(bob, kind="direct", name=None, private=True, peers=sorted([alice, bob]))

    assert snapshot(room).room.peers == sorted([alice, bob])
    assert room.row(bob).room.peers == sorted([alice, bob])


def test_changes_of_settings_are_kept(room: RoomLog) -> None:
    room.write(room.update(name="renamed", archived=True), room.update(retention_days=7, history="joined"))

    changed = snapshot(room).room
    assert changed.description == ""
    room.write(room.update(description="what for"))
    assert room.row(room.owner).room.description == snapshot(room).room.description == "what for"
    assert (changed.name, changed.archived, changed.retention_days, changed.history, changed.head) == (
        "renamed",
        True,
        7,
        "joined",
        3,
    )


def test_people_come_and_go(room: RoomLog, alice: str, bob: str, carol: str) -> None:
    room.write(room.joining(carol), room.of_member(events.MemberLeft, bob, actor=bob))

    assert roles(room) == {alice: "owner", carol: "member"}
    assert snapshot(room).room.member_count == 2

    room.write(room.joining(bob, actor=alice, role="moderator"), room.of_member(events.MemberKicked, carol))

    assert roles(room) == {alice: "owner", bob: "moderator"}
    assert {member.user_id: member.joined_seq for member in snapshot(room).members}[bob] == 4


def test_a_ban_ends_the_membership_and_lasts_until_it_is_lifted(room: RoomLog, alice: str, bob: str) -> None:
    room.write(room.of_member(events.MemberBanned, bob))

    assert (roles(room), snapshot(room).banned, snapshot(room).room.member_count) == ({alice: "owner"}, [bob], 1)

    room.write(room.of_member(events.MemberUnbanned, bob))

    assert (roles(room), snapshot(room).banned) == ({alice: "owner"}, [])


def test_roles_change(room: RoomLog, alice: str, bob: str) -> None:
    room.write(room.of_member(events.MemberRole, bob, role="reader"))

    assert roles(room) == {alice: "owner", bob: "reader"}
    assert room.row(bob).room.role == "reader"


def test_whoever_leaves_as_a_reader_is_remembered_as_one(room: RoomLog, bob: str, carol: str) -> None:
    room.write(room.joining(carol), room.of_member(events.MemberRole, bob, role="reader"))
    assert snapshot(room).away_readers == []

    room.write(room.of_member(events.MemberLeft, bob), room.of_member(events.MemberLeft, carol))
    assert snapshot(room).away_readers == [bob]

    room.write(room.joining(bob, role="member"), room.of_member(events.MemberLeft, bob))
    assert snapshot(room).away_readers == []


def test_whoever_leaves_muted_returns_muted(room: RoomLog, bob: str) -> None:
    room.write(room.of_member(events.MemberMuted, bob, until=FOREVER), room.of_member(events.MemberLeft, bob))
    assert snapshot(room).muted == {bob: FOREVER}

    room.write(room.joining(bob))
    assert [member.muted_until for member in snapshot(room).members if member.user_id == bob] == [FOREVER]
    assert room.row(bob).room.muted_until == FOREVER

    room.write(room.of_member(events.MemberMuted, bob, until=None))
    assert [member.muted_until for member in snapshot(room).members if member.user_id == bob] == [None]
    assert room.row(bob).room.muted_until is None


def test_invites_are_kept_with_their_secret_and_used_up(room: RoomLog, alice: str, carol: str) -> None:
    invite_id = new_id()
    created = events.InviteCreated(**room.common(alice), invite_id=invite_id, role="reader", uses=2, until=None)
    room.write(room.entry(created, secret_hash="h" * 64))
    invite = InviteState(
        invite_id=invite_id, secret_hash="h" * 64, role="reader", created_by=alice, uses_left=2, until=None
    )
    assert snapshot(room).invites == [invite]

    room.write(room.joining(carol, role="reader", invite_id=invite_id))
    assert [(one.uses_left, one.used) for one in snapshot(room).invites] == [(1, 1)]
    assert room.store.invites(room.room_id) == snapshot(room).invites

    room.write(room.entry(events.InviteRevoked(**room.common(alice), invite_id=invite_id)))
    assert snapshot(room).invites == room.store.invites(room.room_id) == []


def test_the_uses_of_an_invitation_for_as_many_as_like_are_counted(room: RoomLog, alice: str) -> None:
    invite_id = new_id()
    created = events.InviteCreated(**room.common(alice), invite_id=invite_id, role="member")
    room.write(room.entry(created, secret_hash="h" * 64))
    for _ in range(3):
        room.write(room.joining(new_id(), invite_id=invite_id))
    assert [(one.uses_left, one.used) for one in room.store.invites(room.room_id)] == [(None, 3)]


def test_pins_are_loaded_with_the_room_and_end_with_the_message(room: RoomLog, alice: str) -> None:
    one, two, three = (room.say(alice, text) for text in ("1", "2", "3"))
    room.write(*(room.about(events.MessagePinned, alice, message) for message in (two, one, three)))
    assert snapshot(room).pins == [two.id, one.id, three.id]

    room.write(room.about(events.MessageUnpinned, alice, two), room.about(events.MessageDeleted, alice, one))
    assert snapshot(room).pins == [three.id]


def test_a_whole_life_in_one_run_is_the_same_as_in_many(
    room: RoomLog, store: MessageStore, alice: str, bob: str, carol: str
) -> None:
    said = room.message(bob, "hi")
    message = message_of(said)
    room.write(
        said,
        room.joining(carol),
        room.edit(message, "hello"),
        room.about(events.ReactionAdded, carol, message, emoji="+1"),
        room.about(events.MessagePinned, alice, message),
        room.of_member(events.MemberLeft, carol, actor=carol),
        room.joining(carol),
        room.of_member(events.MemberRole, carol, role="moderator"),
        room.update(topic="new"),
    )

    loaded = room.loaded(message_ids=[message.id], reactors=[(message.id, carol), (message.id, bob)])

    assert (loaded.head, loaded.n, snapshot(room).room.member_count) == (10, 1, 3)
    assert roles(room) == {alice: "owner", bob: "member", carol: "moderator"}
    assert snapshot(room).pins == [message.id]
    assert [(state.text, state.reactions, state.counts) for state in loaded.messages] == [
        ("hello", {"+1": [carol]}, {"+1": 1})
    ]


def test_messages_of_another_room_are_not_there(room: RoomLog, store: MessageStore, alice: str) -> None:
    other = RoomLog(store, owner=alice)
    other.begin()
    message = other.say(alice, "elsewhere")

    assert room.loaded(message_ids=[message.id, new_id()]).messages == []
    assert store.message(room.room_id, message.id) is None


def test_many_rooms_are_loaded_in_the_order_of_asking(store: MessageStore, alice: str) -> None:
    rooms = [RoomLog(store, owner=alice) for _ in range(3)]
    for room in rooms:
        room.begin()

    loaded = store.load([LoadRoom(room_id=room.room_id, snapshot=False) for room in rooms])

    assert [(one.room_id, one.head, one.snapshot) for one in loaded] == [(room.room_id, 1, None) for room in rooms]


def test_members_are_listed_page_by_page(room: RoomLog, alice: str, bob: str, carol: str) -> None:
    room.write(room.joining(carol), room.of_member(events.MemberLeft, bob, actor=bob))

    head, first = room.store.members(room.room_id, after="", limit=1)
    _, second = room.store.members(room.room_id, after=first[0].user_id, limit=5)

    assert head == 3
    assert [member.user_id for member in [*first, *second]] == sorted([alice, carol])


@pytest.mark.parametrize("kind", [events.MemberLeft, events.MemberKicked, events.MemberBanned])
def test_a_membership_that_ended_is_no_row(room: RoomLog, bob: str, kind: type[events.MemberLeft]) -> None:
    room.write(room.of_member(kind, bob))

    assert room.store.rows([(bob, room.room_id)]) == []
    [person] = room.store.people([bob], limit=10)
    assert (person.rows, person.room_heads) == ([], {})
