"""How a run of new events changes the room, its people and its messages: pure folds that both stores apply."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from chatflow.protocol import events
from chatflow.protocol.events import Event
from chatflow.wire.log import Entry, InviteState
from message_service.log.folding import AboutMessage, created_record
from message_service.log.records import InviteChange, MemberChange, MessageRecord, RoomRecord


@dataclass(slots=True)
class Projection:
    """The changes that a run of events in one room brings, in their order."""

    room: RoomRecord
    created: dict[str, MessageRecord] = field(default_factory=dict)
    about: list[AboutMessage] = field(default_factory=list)
    members: list[MemberChange] = field(default_factory=list)
    invites: list[InviteChange] = field(default_factory=list)
    # Invitations with an end at or before this time are over.
    invites_over_at: str | None = None
    # A person who says something has read what is above it: person → (seq, n).
    reads: dict[str, tuple[int, int]] = field(default_factory=dict)
    # People whose list of rooms has changed.
    listed: list[str] = field(default_factory=list)
    # Messages after the first number, up to the second, lose their content.
    trimmed: tuple[int, int] | None = None


def project(room: RoomRecord | None, entries: Sequence[Entry]) -> Projection:
    """Fold entries that follow the room's head; a room begins with its `room.created`."""
    projection = Projection(room or empty_room(entries[0].event))
    spoken_at: str | None = None
    for entry in entries:
        event = entry.event
        if type(event) is events.MessageCreated:
            projection.created[event.message.id] = created_record(event)
            projection.reads[event.actor] = (event.seq, event.n)
            spoken_at = event.at
            if event.message.thread is not None:
                projection.about.append(event)
            continue
        fold = FOLDS.get(type(event))
        if fold is not None:
            fold(projection, event)
        if entry.secret_hash is not None and isinstance(event, events.InviteCreated):
            add_invite(projection, event, entry.secret_hash)
        if entry.declined and isinstance(event, events.MemberLeft):
            change = MemberChange(user_id=event.user_id, seq=event.seq, fields={"declined": True})
            projection.members.append(change)
    last = entries[-1].event
    projection.room = replace(
        projection.room, head=last.seq, n=last.n, active_at=spoken_at or projection.room.active_at
    )
    return projection


def empty_room(event: Event) -> RoomRecord:
    """Return a room to fold the first event into; that is always a creation, which sets all of this anew."""
    return RoomRecord(
        id=event.room_id,
        kind="channel",
        name=None,
        topic="",
        private=True,
        archived=False,
        retention_days=None,
        history="all",
        peers=None,
        member_count=0,
        head=0,
        n=0,
        active_at=event.at,
    )


def on_room_created(projection: Projection, event: events.RoomCreated) -> None:
    room = event.room
    projection.room = replace(
        projection.room,
        kind=room.kind,
        name=room.name,
        topic=room.topic,
        description=room.description,
        private=room.private,
        archived=room.archived,
        retention_days=room.retention_days,
        history=room.history,
        peers=room.peers,
        member_count=len(event.members),
        active_at=event.at,
    )
    for member in event.members:
        join(projection, member.user_id, role=member.role, event=event)


def on_room_updated(projection: Projection, event: events.RoomUpdated) -> None:
    known = {name: value for name, value in event.changes.items() if name in SETTINGS}
    projection.room = replace(projection.room, **known)


def on_member_joined(projection: Projection, event: events.MemberJoined) -> None:
    projection.room = replace(projection.room, member_count=projection.room.member_count + 1)
    if event.invite_id is not None:
        projection.invites.append(InviteChange(invite_id=event.invite_id, seq=event.seq))
    join(projection, event.user_id, role=event.role, event=event)


def join(projection: Projection, user_id: str, *, role: str, event: Event) -> None:
    fields: dict[str, Any] = {
        "is_member": True,
        "role": role,
        "joined_seq": event.seq,
        "joined_n": event.n,
        "left_seq": None,
        "declined": False,
    }
    if user_id != event.actor:
        fields["added_at"] = event.at
    projection.members.append(MemberChange(user_id=user_id, seq=event.seq, fields=fields, read_n=event.n))
    projection.listed.append(user_id)


def on_membership_ended(
    projection: Projection, event: events.MemberLeft | events.MemberKicked | events.MemberBanned
) -> None:
    banned = {"banned": True} if isinstance(event, events.MemberBanned) else {}
    fields = {"is_member": False, "left_seq": event.seq, **banned}
    projection.room = replace(projection.room, member_count=projection.room.member_count - 1)
    projection.members.append(MemberChange(user_id=event.user_id, seq=event.seq, fields=fields))
    projection.listed.append(event.user_id)


def on_member_unbanned(projection: Projection, event: events.MemberUnbanned) -> None:
    projection.members.append(MemberChange(user_id=event.user_id, seq=event.seq, fields={"banned": False}))


def on_member_muted(projection: Projection, event: events.MemberMuted) -> None:
    projection.members.append(MemberChange(user_id=event.user_id, seq=event.seq, fields={"muted_until": event.until}))


def on_member_role(projection: Projection, event: events.MemberRole) -> None:
    projection.members.append(MemberChange(user_id=event.user_id, seq=event.seq, fields={"role": event.role}))


def add_invite(projection: Projection, event: events.InviteCreated, secret_hash: str) -> None:
    invite = InviteState(
        invite_id=event.invite_id,
        secret_hash=secret_hash,
        role=event.role,
        created_by=event.actor,
        uses_left=event.uses,
        until=event.until,
    )
    projection.invites.append(InviteChange(invite_id=event.invite_id, seq=event.seq, made=invite))
    projection.invites_over_at = event.at


def on_invite_revoked(projection: Projection, event: events.InviteRevoked) -> None:
    projection.invites.append(InviteChange(invite_id=event.invite_id, seq=event.seq, is_revoked=True))


def on_room_trimmed(projection: Projection, event: events.RoomTrimmed) -> None:
    before = projection.room.trimmed_n
    if event.through_n > before:
        projection.room = replace(projection.room, trimmed_n=event.through_n)
        projection.trimmed = (before if projection.trimmed is None else projection.trimmed[0], event.through_n)


def on_message_changed(projection: Projection, event: AboutMessage) -> None:
    projection.about.append(event)


def people_listed(projections: Iterable[Projection]) -> list[str]:
    return list(dict.fromkeys(user_id for projection in projections for user_id in projection.listed))


SETTINGS = frozenset({"name", "topic", "description", "private", "archived", "retention_days", "history"})
# Any other event only moves head and n.
FOLDS: dict[type[Event], Callable[[Projection, Any], None]] = {
    events.RoomCreated: on_room_created,
    events.RoomUpdated: on_room_updated,
    events.RoomTrimmed: on_room_trimmed,
    events.MemberJoined: on_member_joined,
    events.MemberLeft: on_membership_ended,
    events.MemberKicked: on_membership_ended,
    events.MemberBanned: on_membership_ended,
    events.MemberUnbanned: on_member_unbanned,
    events.MemberMuted: on_member_muted,
    events.MemberRole: on_member_role,
    events.InviteRevoked: on_invite_revoked,
    events.MessageEdited: on_message_changed,
    events.MessageDeleted: on_message_changed,
    events.ReactionAdded: on_message_changed,
    events.ReactionRemoved: on_message_changed,
    events.MessagePinned: on_message_changed,
    events.MessageUnpinned: on_message_changed,
    events.PreviewAdded: on_message_changed,
}
