"""Reading a store's logs late: events as they were, content as it is now, pages that hold together."""

import msgspec
import pytest

from chatflow.ids import new_id
from chatflow.protocol import events
from chatflow.protocol.objects import Attachment, DeletedMessage, Mentions, Message, Preview, Reaction
from chatflow.wire.bus import packet_of
from message_service.stores.port import MessageStore, Span
from tests.contracts.message_store_log import RoomLog, message_of

PICTURE = Attachment(id="file-1", name="a.png", type="image/png", size=10, width=1)


def page_seqs(room: RoomLog, **span: int) -> list[int]:
    return [message.seq for message in room.store.messages(room.room_id, Span(**{"limit": 50, **span})).items]


def shown(room: RoomLog, message: Message) -> Message | DeletedMessage:
    found = room.store.message(room.room_id, message.id)
    assert found is not None
    return found


def late(room: RoomLog, seq: int) -> dict[str, object]:
    packet = room.events(after=seq - 1, limit=1).events[0].packet
    name, event = msgspec.json.decode(packet.removeprefix("42"))
    assert name == "event"
    fields: dict[str, object] = event
    return fields


def test_an_event_served_late_is_the_packet_that_was_served_live(room: RoomLog, alice: str, bob: str) -> None:
    said = room.message(alice, "<@bob> 안녕", mentions=Mentions(users=[bob]), attachments=[PICTURE])
    message = message_of(said)
    entries = [
        said,
        room.edit(message_of(said), "<@bob> 안녕", mentions=Mentions(users=[bob])),
        room.about(events.MessagePinned, alice, message),
        room.about(events.ReactionAdded, bob, message, emoji="👍"),
        room.about(events.ReactionRemoved, bob, message, emoji="👍"),
        room.about(events.PreviewAdded, "system", message, preview=Preview("https://a.example", "A")),
        room.about(events.MessageUnpinned, alice, message),
        room.of_member(events.MemberMuted, bob, until=None),
        room.of_member(events.MemberRole, bob, role="reader"),
        room.of_member(events.MemberLeft, bob, actor=bob),
        room.joining(bob),
        room.entry(events.InviteCreated(**room.common(alice), invite_id=new_id(), role="member"), secret_hash="h"),
        room.update(name="x", retention_days=None),
    ]
    room.write(*entries)

    # The creation of an edited message is served as edited, for which there is a test of its own.
    served = room.events(after=2).events
    entries = entries[1:]

    assert [event.packet for event in served] == [packet_of(entry.event) for entry in entries]
    assert [(event.seq, event.n, event.type) for event in served] == [
        (entry.event.seq, entry.event.n, entry.event.type) for entry in entries
    ]


def test_a_creation_served_late_is_the_packet_that_was_served_live(store: MessageStore, alice: str, bob: str) -> None:
    room = RoomLog(store, owner=alice)
    created = room.creation(bob, kind="direct", name=None, peers=[alice, bob])
    room.write(created)

    assert room.events().events[0].packet == packet_of(created.event)


def test_an_edited_message_is_served_with_its_text_of_now_and_its_mentions_of_then(
    room: RoomLog, alice: str, bob: str
) -> None:
    message = room.say(alice, "<@bob>", mentions=Mentions(users=[bob]))
    room.write(room.edit(message, "first"), room.edit(message, "second"))

    created, first, second = (late(room, seq) for seq in (2, 3, 4))

    assert created["message"]["text"] == "second"  # type: ignore[index]
    assert created["message"]["mentions"]["users"] == [bob]  # type: ignore[index]
    assert (first["text"], second["text"]) == ("second", "second")
    now = shown(room, message)
    assert isinstance(now, Message)
    assert (now.text, now.edited_at, now.mentions) == ("second", second["at"], Mentions())


def test_reactions_and_previews_are_on_the_message_but_not_on_its_event(room: RoomLog, alice: str, bob: str) -> None:
    message = room.say(alice, "look")
    preview = Preview("https://a.example", "A")
    room.write(
        room.about(events.ReactionAdded, alice, message, emoji="a"),
        room.about(events.ReactionAdded, bob, message, emoji="b"),
        room.about(events.ReactionAdded, bob, message, emoji="a"),
        room.about(events.ReactionRemoved, bob, message, emoji="b"),
        room.about(events.PreviewAdded, "system", message, preview=preview),
    )

    now = shown(room, message)

    assert isinstance(now, Message)
    assert (now.reactions, now.previews) == ([Reaction("a", [alice, bob], 2)], [preview])
    assert room.events(after=1, limit=1).events[0].packet == packet_of_created(room, message)


def test_a_preview_of_the_same_address_replaces_the_one_before(room: RoomLog, alice: str) -> None:
    message = room.say(alice, "look")
    previews = [Preview(f"https://{name}.example", title) for name, title in (("a", "A"), ("b", "B"), ("a", "New"))]
    room.write(*(room.about(events.PreviewAdded, "system", message, preview=one) for one in previews))

    now = shown(room, message)

    assert isinstance(now, Message)
    assert now.previews == previews[1:]


def packet_of_created(room: RoomLog, message: Message) -> str:
    event = events.MessageCreated(
        room_id=room.room_id, seq=message.seq, n=message.n, actor=message.sender, at=message.at, message=message
    )
    return packet_of(event)


def test_a_deletion_leaves_the_skeleton_and_no_word_anywhere(room: RoomLog, alice: str, bob: str) -> None:
    message = room.say(alice, "geheim-1", mentions=Mentions(users=[bob]), attachments=[PICTURE])
    room.write(room.edit(message, "geheim-2", mentions=Mentions(users=[bob])))
    room.write(room.about(events.ReactionAdded, bob, message, emoji="+1"))
    room.write(room.about(events.MessageDeleted, alice, message))

    assert shown(room, message) == DeletedMessage(id=message.id, seq=2, n=1, sender=alice, at=message.at, deleted=True)
    created = late(room, 2)
    assert created["message"] == {
        "id": message.id,
        "seq": 2,
        "n": 1,
        "sender": alice,
        "at": message.at,
        "deleted": True,
        "mentions": {"users": [bob], "all": False, "here": False},
    }
    everything = str(room.events().events) + str(room.loaded(message_ids=[message.id]))
    assert "geheim" not in everything
    [state] = room.loaded(message_ids=[message.id]).messages
    assert (state.deleted, state.text, state.counts) == (True, "", {})


def test_what_comes_behind_a_deletion_brings_nothing_back(room: RoomLog, alice: str) -> None:
    message = room.say(alice, "gone")
    room.write(room.about(events.MessageDeleted, alice, message))

    room.write(room.about(events.PreviewAdded, "system", message, preview=Preview("https://late.example", "late")))

    assert isinstance(shown(room, message), DeletedMessage)


def test_what_one_room_says_of_a_message_of_another_changes_nothing(
    room: RoomLog, store: MessageStore, alice: str
) -> None:
    message = room.say(alice, "stays")
    other = RoomLog(store, owner=alice)
    other.begin()
    # Its log is longer, so that nothing there looks like an event that comes again.
    other.write(*(other.message(alice, "on") for _ in range(9)), other.about(events.MessageDeleted, alice, message))

    assert shown(room, message) == message


def test_retention_takes_content_up_to_a_number(room: RoomLog, alice: str) -> None:
    messages = [room.say(alice, f"text-{number}") for number in (1, 2, 3)]
    room.write(room.about(events.MessagePinned, alice, messages[0]))

    room.write(room.trim(2))

    assert [type(shown(room, message)) for message in messages] == [DeletedMessage, DeletedMessage, Message]
    assert "text-1" not in str(room.events().events)
    assert "text-3" in str(room.events().events)


def test_two_trims_in_one_run_leave_no_text_between_them(room: RoomLog, alice: str) -> None:
    messages = [room.say(alice, f"text-{number}") for number in (1, 2, 3)]

    room.write(room.trim(1), room.trim(2))

    states = room.loaded(message_ids=[message.id for message in messages]).messages
    assert sorted(one.text for one in states) == ["", "", "text-3"]


def test_events_come_in_order_behind_the_cursor(room: RoomLog, alice: str) -> None:
    for number in range(5):
        room.say(alice, str(number))

    def seqs(**asked: int | bool) -> list[int]:
        return [event.seq for event in room.events(**asked).events]  # type: ignore[arg-type]

    assert seqs(after=2) == [3, 4, 5, 6]
    assert seqs(after=2, limit=2) == [3, 4]
    assert seqs(after=0, limit=2, tail=True) == [5, 6]
    assert seqs(after=6) == []
    assert seqs(after=99) == []
    assert room.events(after=6).head == 6


def test_events_of_unknown_rooms_are_none(store: MessageStore) -> None:
    room_id = new_id()

    [answer] = store.events({room_id: 0}, limit=10, tail=False)

    assert (answer.room_id, answer.head, answer.events) == (room_id, 0, [])


@pytest.mark.parametrize("tail", [False, True])
def test_an_answer_is_bounded_but_never_stuck(room: RoomLog, store: MessageStore, alice: str, tail: bool) -> None:
    other = RoomLog(store, owner=alice)
    other.begin()
    room.write(*(room.message(alice, "가" * 8000) for _ in range(40)))

    answers = store.events({room.room_id: 0, other.room_id: 0}, limit=500, tail=tail)
    sizes = [sum(len(event.packet) for event in answer.events) for answer in answers]

    assert 0 < sum(sizes) <= 256 * 1024
    assert answers[0].head == 41
    found = [event.seq for event in answers[0].events]
    assert found == list(range(found[0], found[0] + len(found)))
    assert (found[-1] if tail else found[0]) == (41 if tail else 1)


def test_pages_of_history_join_without_a_hole(room: RoomLog, alice: str) -> None:
    for number in range(6):
        message = room.say(alice, str(number))
        room.write(room.about(events.ReactionAdded, alice, message, emoji="x"))
    every = [2, 4, 6, 8, 10, 12]

    assert page_seqs(room) == every
    assert page_seqs(room, limit=2) == [10, 12]
    assert page_seqs(room, limit=2, before=10) == [6, 8]
    assert page_seqs(room, limit=2, before=9) == [6, 8]
    assert page_seqs(room, limit=2, after=4) == [6, 8]
    assert page_seqs(room, limit=2, after=5) == [6, 8]
    assert page_seqs(room, limit=3, around=6) == [4, 6, 8]
    assert page_seqs(room, limit=3, around=7) == [4, 6, 8]
    assert page_seqs(room, limit=3, around=0) == [2, 4, 6]
    assert page_seqs(room, limit=3, around=99) == [8, 10, 12]
    assert page_seqs(room, before=2) == []
    assert page_seqs(room, after=12) == []
    assert page_seqs(room, floor=7) == [8, 10, 12]
    assert page_seqs(room, floor=7, before=10) == [8]
    assert page_seqs(room, floor=7, after=0, limit=2) == [8, 10]


def test_a_page_says_whether_there_is_more(room: RoomLog, alice: str) -> None:
    for number in range(4):
        room.say(alice, str(number))

    def more(**span: int) -> tuple[bool, bool]:
        page = room.store.messages(room.room_id, Span(**{"limit": 2, **span}))
        assert page.head == 5
        return page.has_before, page.has_after

    assert more() == (True, False)
    assert more(before=4) == (False, True)
    assert more(after=2) == (True, True)
    assert more(after=3) == (True, False)
    assert more(after=1) == (False, True)
    assert more(floor=4) == (False, False)


def test_pins_come_last_pinned_first(room: RoomLog, alice: str) -> None:
    one, two = room.say(alice, "1"), room.say(alice, "2")
    room.write(room.about(events.MessagePinned, alice, two), room.about(events.MessagePinned, alice, one))

    def pinned(floor: int) -> list[str]:
        return [message.id for message in room.store.pins(room.room_id, floor=floor).items]

    assert (pinned(1), pinned(3)) == ([one.id, two.id], [two.id])


def test_a_thread_is_read_in_order_page_by_page(room: RoomLog, alice: str, bob: str) -> None:
    root = room.say(alice, "root")
    replies = [room.say(bob, "1", thread=root.id), room.say(alice, "2", thread=root.id)]
    room.say(bob, "elsewhere")
    replies.append(room.say(bob, "3", thread=root.id))

    def page(after: int, limit: int, floor: int = 1) -> tuple[list[str], bool]:
        found = room.store.thread(room.room_id, root.id, floor=floor, after=after, limit=limit)
        return [message.id for message in found.items], found.has_after

    ids = [reply.id for reply in replies]
    assert page(0, 2) == (ids[:2], True)
    assert page(replies[1].seq, 2) == (ids[2:], False)
    assert page(0, 9, floor=replies[1].seq) == (ids[1:], False)
