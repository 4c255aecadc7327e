"""Computes the messages that commands name, event by event, as `evolve` does it for the room."""

from msgspec.structs import replace

from chatflow.protocol.events import (
    Event,
    MessageCreated,
    MessageDeleted,
    MessageEdited,
    ReactionAdded,
    ReactionRemoved,
    RoomTrimmed,
)
from chatflow.protocol.objects import Message
from chatflow.wire.log import MessageState

# The events that change what rules ask about a message, besides its creation.
Changing = MessageEdited | MessageDeleted | ReactionAdded | ReactionRemoved


def state_of(message: Message) -> MessageState:
    return MessageState(
        id=message.id,
        seq=message.seq,
        n=message.n,
        sender=message.sender,
        text=message.text,
        at=message.at,
        mentions=message.mentions,
        deleted=False,
        thread=message.thread,
        reactions={},
    )


def evolve_message(message: MessageState, event: Changing) -> MessageState:
    """Return the message after an event about it."""
    match event:
        case MessageEdited():
            return replace(message, text=event.text, mentions=event.mentions)
        case MessageDeleted():
            return replace(message, deleted=True, text="", counts={})
        case ReactionAdded():
            return count_reaction(message, event.emoji, by=1)
        case ReactionRemoved():
            return count_reaction(message, event.emoji, by=-1)


def count_reaction(message: MessageState, emoji: str, *, by: int) -> MessageState:
    counts = message.counts | {emoji: message.counts.get(emoji, 0) + by}
    return replace(message, counts={name: count for name, count in counts.items() if count > 0})


# (message, person) → the emoji that this person has put on it.
Puts = dict[tuple[str, str], frozenset[str]]
NOTHING: frozenset[str] = frozenset()


class MessagesInRun:
    """The messages that commands name, as they stand within a run: what the log says, plus the run's own changes."""

    def __init__(self, committed: dict[str, MessageState | None], puts: Puts) -> None:
        self._committed = committed
        self._puts = puts
        self.changed: dict[str, MessageState | None] = {}
        self.changed_puts: Puts = {}

    def get(self, message_id: str, /) -> MessageState | None:
        if message_id in self.changed:
            return self.changed[message_id]
        return self._committed.get(message_id)

    def put_by(self, message_id: str, user_id: str, /) -> frozenset[str]:
        """Return the emoji that this person has put on the message; none for a person who was not looked up."""
        key = (message_id, user_id)
        return self.changed_puts[key] if key in self.changed_puts else self._puts.get(key, NOTHING)

    def apply(self, event: Event) -> None:
        """Take the run's next event."""
        if isinstance(event, MessageCreated):
            self.changed[event.message.id] = state_of(event.message)
        elif isinstance(event, Changing):
            message = self.get(event.id)
            if message is not None:
                self.changed[event.id] = evolve_message(message, event)
            if isinstance(event, ReactionAdded | ReactionRemoved):
                self._put(event)
        elif isinstance(event, RoomTrimmed):
            for message_id, known in (self._committed | self.changed).items():
                if known is not None and known.n <= event.through_n:
                    # To the rules it is as good as deleted, though it still counts as a message.
                    self.changed[message_id] = replace(known, deleted=True, text="", counts={})

    def _put(self, event: ReactionAdded | ReactionRemoved) -> None:
        before, emoji = self.put_by(event.id, event.actor), frozenset({event.emoji})
        self.changed_puts[event.id, event.actor] = (
            before | emoji if isinstance(event, ReactionAdded) else before - emoji
        )
