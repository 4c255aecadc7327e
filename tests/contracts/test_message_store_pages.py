"""Pages of a store are bounded in size, and always contain the next item."""

import msgspec
import pytest

from chatflow.ids import new_id
from chatflow.protocol import events
from chatflow.wire.log import LoadedRoom, LoadRoom
from message_service.stores import sizes
from message_service.stores.port import MessagePage, MessageStore, Span
from tests.contracts.message_store_log import RoomLog, message_of

# So that a few messages are too many.
SMALL_BYTES = 10_000


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "PAGE_BYTES", SMALL_BYTES)


def size_of(page: MessagePage) -> int:
    return len(msgspec.json.encode(page.items))


def said(room: RoomLog, count: int, *, sender: str, thread: str | None = None) -> list[str]:
    entries = [room.message(sender, "가" * 300, thread=thread) for _ in range(count)]
    room.write(*entries)
    return [entry.id for entry in entries]


def ids(page: MessagePage) -> list[str]:
    return [message.id for message in page.items]


def test_pages_of_history_hold_what_fits_from_where_they_were_asked(room: RoomLog, alice: str) -> None:
    every = said(room, 20, sender=alice)

    def page(**place: int) -> MessagePage:
        found = room.store.messages(room.room_id, Span(limit=20, **place))
        assert 0.6 * SMALL_BYTES < size_of(found) <= SMALL_BYTES + 100
        return found

    latest, first, middle = page(), page(after=0), page(around=8)
    assert (ids(latest), latest.has_before, latest.has_after) == (every[-len(latest.items) :], True, False)
    assert (ids(first), first.has_before, first.has_after) == (every[: len(first.items)], False, True)
    assert (middle.has_before, middle.has_after) == (True, True)
    assert every[6] in ids(middle)[1:-1]
    assert ids(page(before=latest.items[0].seq))[-1] == every[-len(latest.items) - 1]


def test_a_single_message_is_a_page_however_long_it_is(room: RoomLog, alice: str) -> None:
    message = room.say(alice, "가" * 8000)

    for place in ({}, {"after": 0}, {"around": 2}):
        assert ids(room.store.messages(room.room_id, Span(limit=9, **place))) == [message.id]


def test_the_pages_of_a_thread_join(room: RoomLog, alice: str) -> None:
    root = room.say(alice, "root")
    replies = said(room, 20, sender=alice, thread=root.id)
    thread: list[str] = []
    after, has_after = 0, True
    while has_after:
        page = room.store.thread(room.room_id, root.id, floor=1, after=after, limit=50)
        assert size_of(page) <= SMALL_BYTES + 100
        thread += ids(page)
        after, has_after = page.items[-1].seq, page.has_after

    assert thread == replies


def test_the_pages_of_pins_join(room: RoomLog, alice: str) -> None:
    entries = [room.message(alice, "가" * 300) for _ in range(20)]
    room.write(*entries)
    room.write(*(room.about(events.MessagePinned, alice, message_of(entry)) for entry in entries))
    pinned: list[str] = []
    before, has_after = None, True
    while has_after:
        page = room.store.pins(room.room_id, floor=1, before=before)
        assert size_of(page) <= SMALL_BYTES + 100
        pinned += ids(page)
        before, has_after = page.next_pin, page.has_after

    assert pinned == [entry.id for entry in reversed(entries)]


def test_of_very_many_rooms_the_first_are_told_and_the_others_counted(
    store: MessageStore, alice: str, bob: str, carol: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sizes, "ANSWER_BYTES", 1.5 * SMALL_BYTES)
    monkeypatch.setattr(sizes, "PERSON_BYTES", 1000)
    rooms = [RoomLog(store, owner=alice) for _ in range(30)]
    for room in rooms:
        room.begin(bob, carol, name="a room", topic="t" * 250)

    people = store.people([alice, bob, carol], limit=100)

    # A page for the first, what is left for the next, and at least a little for everybody.
    first, second, third = (len(person.rows) for person in people)
    assert 30 > first > second > third > 0
    for person in people:
        assert person.more
        assert person.room_heads == {room.room_id: 1 for room in rooms}
        assert person.unshown.keys() == person.room_heads.keys() - {row.room.id for row in person.rows}


def test_rooms_are_loaded_as_far_as_they_fit_and_the_rest_when_it_is_asked_for(store: MessageStore, alice: str) -> None:
    asked = [LoadRoom(room_id=room_id, message_ids=ids) for room_id, ids in rooms_with(store, [900] * 5, owner=alice)]
    unknown = LoadRoom(room_id=new_id())
    left, loaded = [*asked, unknown], dict[str, LoadedRoom]()
    while left:
        answer = store.load(left)
        assert len(msgspec.json.encode(answer)) <= SMALL_BYTES + 100
        answered = {one.room_id: one for one in answer}
        assert list(answered) == [ask.room_id for ask in left if ask.room_id in answered]
        loaded |= answered
        left = [ask for ask in left if ask.room_id not in answered]

    told = {room_id: (one.head, [message.id for message in one.messages]) for room_id, one in loaded.items()}
    assert told == {unknown.room_id: (0, []), **{ask.room_id: (2, ask.message_ids) for ask in asked}}


def test_a_single_room_is_loaded_however_large_it_is(store: MessageStore, alice: str) -> None:
    [large, small] = rooms_with(store, [8000, 1], owner=alice)

    [loaded] = store.load([LoadRoom(room_id=room_id, message_ids=ids) for room_id, ids in (large, small)])

    assert [message.id for message in loaded.messages] == large[1]


def rooms_with(store: MessageStore, lengths: list[int], *, owner: str) -> list[tuple[str, list[str]]]:
    """Make rooms with a message each, so long; return them with the message."""
    rooms = [RoomLog(store, owner=owner) for _ in lengths]
    for room in rooms:
        room.begin()
    return [(room.room_id, [room.say(owner, "가" * length).id]) for room, length in zip(rooms, lengths, strict=True)]
