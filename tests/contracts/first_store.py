"""What the store of the first version has, and reading it once a later version has opened it."""

from typing import Any

from chatflow.protocol.objects import Message
from chatflow.wire.log import LoadedRoom, LoadRoom
from message_service.stores.port import MessageStore, Span

ALICE, BOB, CAROL = (f"00000000-0000-7000-8000-{number:012x}" for number in (0xA, 0xB, 0xC))
ROOM = "00000000-0000-7000-8000-000000000001"
CROWD = [f"00000000-0000-7000-8000-{0x1000 + number:012x}" for number in range(60)]
# Of six that were made: with uses left, without an end, and with one that is far away.
LIVING = {f"00000000-0000-7000-8000-{number:012x}" for number in (0x101, 0x102, 0x106)}
BEGINNING = (-(2**53), "")


def finish(store: Any) -> None:
    assert store.migrating.wait(20)


def messages(store: MessageStore, *, viewer: str | None = None) -> list[Any]:
    return store.messages(ROOM, Span(limit=50), viewer=viewer).items


def reactors(store: MessageStore, message: Message, emoji: str) -> list[tuple[str, str | None]]:
    return [(one.user_id, one.at) for one in store.reactors(ROOM, message.id, emoji, after=BEGINNING, limit=100)]


def loaded(store: MessageStore, **asked: Any) -> LoadedRoom:
    [room] = store.load([LoadRoom(room_id=ROOM, **asked)])
    return room
