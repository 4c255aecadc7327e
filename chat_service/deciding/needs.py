"""What must be loaded before a room's commands can be decided."""

from chat_service.deciding.incoming_lanes import IncomingCommand
from chat_service.deciding.rooms import LiveRoom
from chatflow.protocol.commands import (
    AddReaction,
    AnyCommand,
    DeleteMessage,
    EditMessage,
    PinMessage,
    RemoveReaction,
    SendMessage,
    UnpinMessage,
)
from chatflow.wire.log import LoadRoom

# One answer can easily carry this many of the longest messages; the others are asked for after these.
MESSAGES_PER_LOAD = 100
NAMING_A_MESSAGE = (EditMessage, DeleteMessage, AddReaction, RemoveReaction, PinMessage, UnpinMessage)


def find_missing(room: LiveRoom, commands: list[IncomingCommand]) -> LoadRoom | None:
    """Return what to load before these commands can be decided, or None if everything is there."""
    message_ids: dict[str, None] = {}
    reactors: dict[tuple[str, str], None] = {}
    files: dict[tuple[str, str], None] = {}
    for pending in commands:
        if len(message_ids) >= MESSAGES_PER_LOAD:
            break
        command = pending.command
        body = command.body
        if type(body) is SendMessage and not (body.reply_to or body.thread or body.attachments):
            continue
        for message_id in messages_named(body):
            if message_id not in room.messages:
                message_ids[message_id] = None
        if isinstance(body, AddReaction | RemoveReaction) and not room.knows_put_by(body.id, command.actor):
            message_ids[body.id] = None
            reactors[body.id, command.actor] = None
        if isinstance(body, SendMessage):
            for file_id in body.attachments:
                if (command.actor, file_id) not in room.files:
                    files[command.actor, file_id] = None
    if room.state is not None and not message_ids and not files:
        return None
    return LoadRoom(
        room_id=room.room_id,
        snapshot=room.state is None,
        message_ids=list(message_ids),
        reactors=list(reactors),
        files=list(files),
    )


def messages_named(body: AnyCommand) -> list[str]:
    if isinstance(body, SendMessage):
        return [message_id for message_id in (body.reply_to, body.thread) if message_id is not None]
    return [body.id] if isinstance(body, NAMING_A_MESSAGE) else []
