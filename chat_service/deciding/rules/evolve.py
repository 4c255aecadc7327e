"""How an event changes a room: the fold that all readers of the log agree on."""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from chat_service.deciding.shared_map import SharedMap
from chat_service.deciding.state import RoomState
from chatflow.protocol import events
from chatflow.protocol.events import Event
from chatflow.wire.log import InviteState, MemberState


def evolve(state: RoomState, event: Event, *, secret_hash: str | None = None, declined: bool = False) -> RoomState:
    """Return the room after its next event; `secret_hash` and `declined` are not in the public event."""
    fold = FOLDS.get(type(event))
    if fold is not None:
        state = fold(state, event)
    if secret_hash is not None and isinstance(event, events.InviteCreated):
        state = with_invite(state, event, secret_hash)
    if declined and isinstance(event, events.MemberLeft):
        state = replace(state, declined=state.declined.with_item(event.user_id, True))
    return replace(state, head=event.seq, n=event.n, at=event.at)


def on_room_created(state: RoomState, event: events.RoomCreated) -> RoomState:
    room = event.room
    return RoomState(
        room_id=state.room_id,
        kind=room.kind,
        name=room.name,
        topic=room.topic,
        description=room.description,
        private=room.private,
        archived=room.archived,
        retention_days=room.retention_days,
        history=room.history,
        members=SharedMap((each.user_id, MemberState(each.user_id, each.role, event.seq)) for each in event.members),
    )


def on_room_updated(state: RoomState, event: events.RoomUpdated) -> RoomState:
    return replace(state, **event.changes)


def on_room_trimmed(state: RoomState, event: events.RoomTrimmed) -> RoomState:
    return replace(state, trimmed_n=max(state.trimmed_n, event.through_n))


def on_member_joined(state: RoomState, event: events.MemberJoined) -> RoomState:
    member = MemberState(event.user_id, event.role, event.seq)
    state = replace(
        state,
        members=state.members.with_item(event.user_id, member),
        away_readers=less(state.away_readers, event.user_id),
        declined=less(state.declined, event.user_id),
    )
    invite = state.invites.get(event.invite_id or "")
    if invite is None or invite.uses_left is None:
        return state
    if invite.uses_left <= 1:
        return replace(state, invites=without(state.invites, invite.invite_id))
    return replace(state, invites=state.invites | {invite.invite_id: replace(invite, uses_left=invite.uses_left - 1)})


def on_membership_ended(
    state: RoomState, event: events.MemberLeft | events.MemberKicked | events.MemberBanned
) -> RoomState:
    member, away_readers = state.members.get(event.user_id), state.away_readers
    if member is not None and member.role == "reader":
        away_readers = away_readers.with_item(event.user_id, True)
    return replace(state, members=state.members.without(event.user_id), away_readers=away_readers)


def on_member_banned(state: RoomState, event: events.MemberBanned) -> RoomState:
    return replace(on_membership_ended(state, event), banned=state.banned.with_item(event.user_id, True))


def on_member_unbanned(state: RoomState, event: events.MemberUnbanned) -> RoomState:
    return replace(state, banned=state.banned.without(event.user_id))


def on_member_muted(state: RoomState, event: events.MemberMuted) -> RoomState:
    if event.until is None:
        return replace(state, muted=state.muted.without(event.user_id))
    return replace(state, muted=state.muted.with_item(event.user_id, event.until))


def on_member_role(state: RoomState, event: events.MemberRole) -> RoomState:
    member = replace(state.members[event.user_id], role=event.role)
    return replace(state, members=state.members.with_item(event.user_id, member))


def with_invite(state: RoomState, event: events.InviteCreated, secret_hash: str) -> RoomState:
    """Add an invitation and drop those that are over, so that no more are kept than may be valid at a time."""
    invite = InviteState(
        invite_id=event.invite_id,
        secret_hash=secret_hash,
        role=event.role,
        created_by=event.actor,
        uses_left=event.uses,
        until=event.until,
    )
    living = {name: other for name, other in state.invites.items() if other.until is None or other.until > event.at}
    return replace(state, invites=living | {event.invite_id: invite})


def on_invite_revoked(state: RoomState, event: events.InviteRevoked) -> RoomState:
    return replace(state, invites=without(state.invites, event.invite_id))


def on_message_pinned(state: RoomState, event: events.MessagePinned) -> RoomState:
    return replace(state, pins=state.pins | {event.id})


def on_message_off_the_pins(state: RoomState, event: events.MessageUnpinned | events.MessageDeleted) -> RoomState:
    return replace(state, pins=state.pins - {event.id}) if event.id in state.pins else state


def less(people: SharedMap[bool], user_id: str) -> SharedMap[bool]:
    return people.without(user_id) if user_id in people else people


def without(mapping: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in mapping.items() if name != key}


# Any other event only moves head and n.
FOLDS: dict[type[Event], Callable[[RoomState, Any], RoomState]] = {
    events.RoomCreated: on_room_created,
    events.RoomUpdated: on_room_updated,
    events.RoomTrimmed: on_room_trimmed,
    events.MemberJoined: on_member_joined,
    events.MemberLeft: on_membership_ended,
    events.MemberKicked: on_membership_ended,
    events.MemberBanned: on_member_banned,
    events.MemberUnbanned: on_member_unbanned,
    events.MemberMuted: on_member_muted,
    events.MemberRole: on_member_role,
    events.InviteRevoked: on_invite_revoked,
    events.MessagePinned: on_message_pinned,
    events.MessageUnpinned: on_message_off_the_pins,
    events.MessageDeleted: on_message_off_the_pins,
}
