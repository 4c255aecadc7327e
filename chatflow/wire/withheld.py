"""How newcomers are told of events about older messages, in a room that hides what was said before they joined.

Such an event keeps its seq and names the message that it is about, but leaves out that message's content.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import msgspec
import structlog

from chatflow.errors import UNREADABLE
from chatflow.protocol.events import MessageEdited, PreviewAdded, WithheldEdit, WithheldPreview
from chatflow.protocol.objects import Mentions
from chatflow.wire.bus import NO_PACKET, PACKET_PREFIX, Published

log = structlog.get_logger(__name__)

COMMON = ("room_id", "seq", "n", "actor", "at", "id", "target")


class Withheld(NamedTuple):
    """The event for people who joined after the message at `target_seq`."""

    target_seq: int
    event: Published


def withhold(event: Published) -> Withheld | None:
    """Return the event as newcomers are told of it, or None if it says nothing about an older message."""
    if event.type not in WITHHOLDING:
        return None
    kind, without_content = WITHHOLDING[event.type]
    told = msgspec.json.decode(event.packet[len(PACKET_PREFIX) : -1], type=kind)
    text = msgspec.json.encode(without_content(told)).decode()
    return Withheld(told.target.seq, msgspec.structs.replace(event, packet=f"{PACKET_PREFIX}{text}]"))


def events_for_newcomer(events: Iterable[Published], *, joined_seq: int) -> list[Published]:
    """Return the events as a person who joined at this seq is told of them."""
    return [event_for_newcomer(event, joined_seq=joined_seq) for event in events]


def readable_events(events: Iterable[Published], *, joined_seq: int) -> Iterator[Published]:
    """Yield the events as a person who joined at this seq is told of them; those that cannot be read are left out."""
    for event in events:
        if event.packet == NO_PACKET:
            continue
        try:
            yield event_for_newcomer(event, joined_seq=joined_seq)
        except UNREADABLE as error:
            log.error("an event cannot be read", room_id=event.room_id, seq=event.seq, error=repr(error))


def event_for_newcomer(event: Published, *, joined_seq: int) -> Published:
    withheld = withhold(event)
    return withheld.event if withheld is not None and withheld.target_seq < joined_seq else event


def edit_without_text(event: MessageEdited) -> WithheldEdit:
    common = {name: getattr(event, name) for name in COMMON}
    return WithheldEdit(**common, text=None, mentions=Mentions(), edited_at=event.edited_at)


def preview_without_content(event: PreviewAdded) -> WithheldPreview:
    return WithheldPreview(**{name: getattr(event, name) for name in COMMON}, preview=None)


WITHHOLDING: dict[str, tuple[type[Any], Callable[[Any], Any]]] = {
    "message.edited": (MessageEdited, edit_without_text),
    "preview.added": (PreviewAdded, preview_without_content),
}
