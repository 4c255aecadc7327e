"""What people write: sending a message, editing it for a while, deleting it."""

from chat_service.deciding.rules.about import about, header
from chat_service.deciding.rules.access import access_member, access_message
from chat_service.deciding.rules.context import Context
from chat_service.deciding.rules.instants import seconds_between
from chat_service.deciding.rules.permissions import Act, may, permit
from chat_service.deciding.rules.text import NAMED_AT_MOST, NOBODY, clean_text, read_mentions
from chat_service.deciding.state import RoomState
from chatflow.errors import Forbidden, Invalid, NotFound
from chatflow.protocol.characters import shows
from chatflow.protocol.commands import DeleteMessage, EditMessage, SendMessage
from chatflow.protocol.events import MessageCreated, MessageDeleted, MessageEdited
from chatflow.protocol.objects import Attachment, Mentions, Message, Target
from chatflow.wire.log import MemberState


def send_message(state: RoomState, command: SendMessage, context: Context) -> MessageCreated:
    member = permit(state, Act.SEND, context)
    text = clean_text(command.text)
    attachments = access_files(command.attachments, context=context) if command.attachments else []
    if not attachments and not shows(text):
        raise Invalid("The message is empty - at `$.text`")
    mentions = read_mentions(text, state=state)
    if mentions:
        refuse_addressing_all(state, member, mentions)
        refuse_naming_many(state, member, mentions)
    if command.reply_to is not None:
        access_message(state, command.reply_to, context=context, member=member)
    if command.thread is not None:
        refuse_nested_thread(state, command.thread, context=context, member=member)
    seq, n = state.head + 1, state.n + 1
    message = Message(
        id=context.new_id,
        room_id=state.room_id,
        seq=seq,
        n=n,
        cid=command.cid,
        sender=context.actor,
        text=text,
        at=context.at,
        mentions=mentions,
        attachments=attachments,
        reply_to=command.reply_to,
        thread=command.thread,
    )
    return MessageCreated(room_id=state.room_id, seq=seq, n=n, actor=context.actor, at=context.at, message=message)


def edit_message(state: RoomState, command: EditMessage, context: Context) -> MessageEdited | None:
    member = permit(state, Act.EDIT, context)
    message = access_message(state, command.id, context=context, member=member)
    if message.sender != context.actor:
        raise Forbidden("Only its author may edit a message.")
    if seconds_between(message.at, context.at) > context.edit_window_seconds:
        raise Forbidden("This message is too old to be edited.")
    text = clean_text(command.text)
    if not shows(text):
        raise Invalid("The message is empty - at `$.text`")
    if text == message.text:
        return None
    mentions = read_mentions(text, state=state)
    if (mentions.all and not message.mentions.all) or (mentions.here and not message.mentions.here):
        refuse_addressing_all(state, member, mentions)
    refuse_naming_many(state, member, mentions, before=message.mentions)
    return MessageEdited(
        **header(state, context=context),
        id=command.id,
        target=Target(message.seq, message.n, message.sender, mentions, mentions_before=message.mentions),
        text=text,
        mentions=mentions,
        edited_at=context.at,
    )


def delete_message(state: RoomState, command: DeleteMessage, context: Context) -> MessageDeleted | None:
    member = access_member(state, context.actor)
    message = context.messages.get(command.id)
    if message is None or (state.history == "joined" and message.seq < member.joined_seq):
        raise NotFound("There is no such message.")
    permit(state, Act.DELETE_OWN if message.sender == context.actor else Act.DELETE_OTHERS, context)
    if message.deleted:
        return None
    return MessageDeleted(**about(message, state=state, context=context))


def refuse_addressing_all(state: RoomState, member: MemberState, mentions: Mentions) -> None:
    if (mentions.all or mentions.here) and not may(state, member.role, Act.ADDRESS_ALL):
        raise Forbidden("You may not address everyone in this room.")


def refuse_naming_many(state: RoomState, member: MemberState, now: Mentions, *, before: Mentions = NOBODY) -> None:
    """Refuse to mention too many people; those whom an edit only keeps do not count."""
    is_many = len(now.users) > NAMED_AT_MOST and not set(now.users) <= set(before.users)
    if is_many and not may(state, member.role, Act.ADDRESS_ALL):
        raise Invalid(f"At most {NAMED_AT_MOST} people in one message - at `$.text`")


def refuse_nested_thread(state: RoomState, root_id: str, *, context: Context, member: MemberState) -> None:
    root = access_message(state, root_id, context=context, member=member)
    if root.thread is not None:
        raise Invalid("A thread must begin at a message that is in no thread - at `$.thread`")


def access_files(file_ids: list[str], *, context: Context) -> list[Attachment]:
    attachments = [context.files[file_id] for file_id in dict.fromkeys(file_ids) if file_id in context.files]
    if len(attachments) != len(set(file_ids)):
        raise Invalid("There is no such file of yours - at `$.attachments`")
    return attachments
