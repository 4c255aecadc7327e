"""How rooms begin: a channel or a group by its founder, a direct room by whichever of its two people comes first.

Whether the people exist was checked before, as rooms know nothing of accounts.
"""

from chat_service.deciding.rules.context import Context
from chat_service.deciding.rules.permissions import refuse_adding, refuse_blocked
from chat_service.deciding.rules.text import clean_description, clean_name, clean_topic
from chat_service.deciding.state import RoomState
from chatflow.errors import Conflict, Invalid
from chatflow.ids import direct_room_id
from chatflow.protocol.commands import CreateRoom, OpenDirect
from chatflow.protocol.events import RoomCreated
from chatflow.protocol.objects import Member, Room


def create_room(state: RoomState, command: CreateRoom, context: Context) -> RoomCreated:
    if state.exists:
        # Only a repeated command finds its room already there, and the log answers that one by its op.
        raise Conflict
    others = [user_id for user_id in dict.fromkeys(command.members) if user_id != context.actor]
    refuse_adding(others, context)
    room = Room(
        id=state.room_id,
        kind=command.kind,
        name=clean_name(command.name),
        topic=clean_topic(command.topic),
        description=clean_description(command.description),
        # A group is only for those who were asked to join; only a channel can be open.
        private=command.private or command.kind == "group",
        archived=False,
        member_count=1 + len(others),
        head=1,
        n=0,
        retention_days=command.retention_days,
        history=command.history,
    )
    members = [Member(context.actor, "owner"), *map(Member, others)]
    return RoomCreated(
        room_id=state.room_id, seq=1, n=0, actor=context.actor, at=context.at, room=room, members=members
    )


def open_direct(state: RoomState, command: OpenDirect, context: Context) -> RoomCreated | None:
    people = sorted({context.actor, *command.user_ids})
    if direct_room_id(people) != state.room_id:
        raise Invalid("The room's id does not belong to these people.")
    if state.exists:
        return None
    if people == [context.actor]:
        raise Invalid("Name somebody else - at `$.user_ids`")
    refuse_blocked(people, context)
    refuse_adding(people, context)
    room = Room(
        id=state.room_id,
        kind="direct",
        name=None,
        topic="",
        private=True,
        archived=False,
        member_count=len(people),
        head=1,
        n=0,
        retention_days=None,
        history="all",
        peers=people,
    )
    return RoomCreated(
        room_id=state.room_id,
        seq=1,
        n=0,
        actor=context.actor,
        at=context.at,
        room=room,
        members=list(map(Member, people)),
    )
