"""What an event makes of a message that commands name: the same fold as the room's, one message at a time."""

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
from chatflow.wire.log import MessageFacts

# The events that change what rules ask of a message, beside its creation.
Changing = MessageEdited | MessageDeleted | ReactionAdded | ReactionRemoved


def facts_of(message: Message) -> MessageFacts:
    return MessageFacts(
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


def evolve_message(facts: MessageFacts, event: Changing) -> MessageFacts:
    """Return the message after an event that is about it."""
    match event:
        case MessageEdited():
            return replace(facts, text=event.text, mentions=event.mentions)
        case MessageDeleted():
            return replace(facts, deleted=True, text="", reactions={})
        case ReactionAdded():
            people = [*facts.reactions.get(event.emoji, ()), event.actor]
            return replace(facts, reactions=facts.reactions | {event.emoji: people})
        case ReactionRemoved():
            people = [person for person in facts.reactions[event.emoji] if person != event.actor]
            others = {emoji: whom for emoji, whom in facts.reactions.items() if emoji != event.emoji}
            return replace(facts, reactions=others | ({event.emoji: people} if people else {}))


class MessagesInRun:
    """The messages that commands name as they stand within a run: what the log says, and what the run made of it."""

    def __init__(self, committed: dict[str, MessageFacts | None]) -> None:
        self._committed = committed
        self.changed: dict[str, MessageFacts | None] = {}

    def get(self, message_id: str, /) -> MessageFacts | None:
        if message_id in self.changed:
            return self.changed[message_id]
        return self._committed.get(message_id)

    def apply(self, event: Event) -> None:
        if isinstance(event, MessageCreated):
            self.changed[event.message.id] = facts_of(event.message)
        elif isinstance(event, Changing):
            facts = self.get(event.id)
            if facts is not None:
                self.changed[event.id] = evolve_message(facts, event)
        elif isinstance(event, RoomTrimmed):
            for message_id, known in (self._committed | self.changed).items():
                if known is not None and known.n <= event.through_n:
                    # To the rules it is as good as deleted, though it counts as before.
                    self.changed[message_id] = replace(known, deleted=True, text="", reactions={})
