"""The forms of a room: the public object, a person's row, and what a worker needs to decide in it."""

from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from chatflow.protocol.objects import Notify, Role, Room
from chatflow.wire.log import InviteState, MemberState, Snapshot
from chatflow.wire.reads import RoomRow
from message_service.log.records import RoomRecord


class Membership(msgspec.Struct, frozen=True):
    """What a room's rules ask about one person, who may have left it."""

    user_id: str
    is_member: bool
    role: Role
    joined_seq: int
    banned: bool
    muted_until: str | None
    declined: bool


class Standing(Membership, frozen=True):
    """What is kept of one person in one room, also after they left: the membership, and what is personal in it."""

    read_seq: int
    read_n: int
    # See `ReadPosition`.
    read_moves: int
    # Once the position was moved back: how many messages there were then. What the person wrote among those after the
    # position is no news to them, and `own_unread` counts it. Whatever they write later moves the position past it.
    back_n: int | None
    own_unread: int
    hidden_n: int | None
    notify: Notify
    favourite: bool
    section: str | None

    @property
    def is_back(self) -> bool:
        """Whether messages after the position may be the person's own."""
        return self.back_n is not None and self.read_n < self.back_n


def public_room(record: RoomRecord) -> Room:
    """Return the room without anything personal."""
    return Room(
        id=record.id,
        kind=record.kind,
        name=record.name,
        topic=record.topic,
        description=record.description,
        private=record.private,
        archived=record.archived,
        member_count=record.member_count,
        head=record.head,
        n=record.n,
        retention_days=record.retention_days,
        history=record.history,
        peers=record.peers,
    )


def room_row(record: RoomRecord, standing: Standing, *, deleted: int, mentions: int) -> RoomRow:
    """Return a member's row; `deleted` and `mentions` count messages by others after the read position."""
    room = replace(
        public_room(record),
        role=standing.role,
        read_seq=standing.read_seq,
        unread=max(0, record.n - standing.read_n - (standing.own_unread if standing.is_back else 0) - deleted),
        mentions=mentions,
        notify=standing.notify,
        favourite=standing.favourite,
        section=standing.section,
        muted_until=standing.muted_until,
    )
    return RoomRow(room=room, read_n=standing.read_n, joined_seq=standing.joined_seq, hidden_n=standing.hidden_n)


def snapshot_of(
    record: RoomRecord, memberships: Sequence[Membership], *, pins: list[str], invites: list[InviteState], at: str
) -> Snapshot:
    """Return what a worker needs; `at` is the time of the last event."""
    return Snapshot(
        room=public_room(record),
        members=[
            MemberState(one.user_id, one.role, one.joined_seq, one.muted_until) for one in memberships if one.is_member
        ],
        banned=[one.user_id for one in memberships if one.banned],
        pins=pins,
        invites=invites,
        trimmed_n=record.trimmed_n,
        at=at,
        muted={
            one.user_id: one.muted_until for one in memberships if one.muted_until is not None and not one.is_member
        },
        declined=[one.user_id for one in memberships if one.declined],
        away_readers=[one.user_id for one in memberships if one.role == "reader" and not one.is_member],
    )
