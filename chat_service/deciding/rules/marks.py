"""Reactions and pins on messages; putting one on twice is the same as once."""

from chat_service.deciding.rules.about import about
from chat_service.deciding.rules.access import access_message
from chat_service.deciding.rules.context import Context
from chat_service.deciding.rules.permissions import Act, permit
from chat_service.deciding.state import RoomState
from chatflow.errors import Conflict, Invalid
from chatflow.protocol.characters import normal_form, shows, upsets_a_line
from chatflow.protocol.commands import AddReaction, PinMessage, RemoveReaction, UnpinMessage
from chatflow.protocol.events import MessagePinned, MessageUnpinned, ReactionAdded, ReactionRemoved

# More would not fit under a message, and all of them are read with it.
EMOJI_PER_MESSAGE = 50
# All pins are loaded with the room.
PINS_AT_MOST = 200


def add_reaction(state: RoomState, command: AddReaction, context: Context) -> ReactionAdded | None:
    member = permit(state, Act.REACT, context)
    message = access_message(state, command.id, context=context, member=member)
    emoji = clean_emoji(command.emoji)
    if emoji in context.messages.put_by(command.id, context.actor):
        return None
    if emoji not in message.counts and len(message.counts) >= EMOJI_PER_MESSAGE:
        raise Conflict("This message has too many different reactions.")
    return ReactionAdded(**about(message, state=state, context=context), emoji=emoji)


def remove_reaction(state: RoomState, command: RemoveReaction, context: Context) -> ReactionRemoved | None:
    member = permit(state, Act.REACT, context)
    message = access_message(state, command.id, context=context, member=member)
    emoji = clean_emoji(command.emoji)
    if emoji not in context.messages.put_by(command.id, context.actor):
        return None
    return ReactionRemoved(**about(message, state=state, context=context), emoji=emoji)


def pin_message(state: RoomState, command: PinMessage, context: Context) -> MessagePinned | None:
    member = permit(state, Act.PIN, context)
    message = access_message(state, command.id, context=context, member=member)
    if command.id in state.pins:
        return None
    if len(state.pins) >= PINS_AT_MOST:
        raise Conflict("This room has too many pinned messages: unpin one first.")
    return MessagePinned(**about(message, state=state, context=context))


def unpin_message(state: RoomState, command: UnpinMessage, context: Context) -> MessageUnpinned | None:
    member = permit(state, Act.PIN, context)
    is_pinned = command.id in state.pins
    # Retention takes a message but leaves its pin, which must still be removable.
    message = access_message(state, command.id, context=context, member=member, even_if_gone=is_pinned)
    if not is_pinned:
        return None
    return MessageUnpinned(**about(message, state=state, context=context))


def clean_emoji(emoji: str) -> str:
    emoji = normal_form(emoji)
    if not shows(emoji) or any(character.isspace() or upsets_a_line(character) for character in emoji):
        raise Invalid("Not an emoji - at `$.emoji`")
    return emoji
