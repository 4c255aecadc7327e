"""A room as its rules see it: the fold of its log, never changed in place, so that deciding ahead costs nothing."""

from typing import Self

import msgspec

from chat_service.deciding.shared_map import SharedMap
from chatflow.protocol.objects import HistoryRule, RoomKind
from chatflow.wire.log import InviteState, LoadedRoom, MemberState


class RoomState(msgspec.Struct, frozen=True, kw_only=True):
    """A room's state at `head`; a room that does not exist yet has head 0.

    States share their mappings, so that neither a message nor a change to a mapping costs a copy.
    """

    room_id: str
    head: int = 0
    n: int = 0
    kind: RoomKind = "channel"
    name: str | None = None
    topic: str = ""
    description: str = ""
    private: bool = True
    archived: bool = False
    retention_days: int | None = None
    history: HistoryRule = "all"
    members: SharedMap[MemberState] = msgspec.field(default_factory=SharedMap)
    banned: SharedMap[bool] = msgspec.field(default_factory=SharedMap)
    pins: frozenset[str] = frozenset()
    invites: dict[str, InviteState] = {}
    # Person → until when; kept for people who left, so that leaving and returning unmutes nobody.
    muted: SharedMap[str] = msgspec.field(default_factory=SharedMap)
    # Readers who left, so that leaving and returning turns no reader into a member.
    away_readers: SharedMap[bool] = msgspec.field(default_factory=SharedMap)
    # People who declined the room; nobody can add them until they come by themselves.
    declined: SharedMap[bool] = msgspec.field(default_factory=SharedMap)
    # Messages up to this number have lost their content to retention.
    trimmed_n: int = 0
    # The time of the last event.
    at: str = ""

    @property
    def exists(self) -> bool:
        return self.head > 0

    @property
    def open_to_strangers(self) -> bool:
        """Whether people outside may know of the room and join it."""
        return self.kind == "channel" and not self.private and self.exists

    @classmethod
    def from_load(cls, loaded: LoadedRoom) -> Self:
        """Return the state that a snapshot from the log describes."""
        snapshot = loaded.snapshot
        if snapshot is None:
            return cls(room_id=loaded.room_id)
        room = snapshot.room
        muted = {member.user_id: member.muted_until for member in snapshot.members if member.muted_until is not None}
        return cls(
            room_id=loaded.room_id,
            head=loaded.head,
            n=loaded.n,
            kind=room.kind,
            name=room.name,
            topic=room.topic,
            description=room.description,
            private=room.private,
            archived=room.archived,
            retention_days=room.retention_days,
            history=room.history,
            members=SharedMap((member.user_id, member) for member in snapshot.members),
            banned=SharedMap((user_id, True) for user_id in snapshot.banned),
            pins=frozenset(snapshot.pins),
            invites={invite.invite_id: invite for invite in snapshot.invites},
            muted=SharedMap((snapshot.muted | muted).items()),
            away_readers=SharedMap((user_id, True) for user_id in snapshot.away_readers),
            declined=SharedMap((user_id, True) for user_id in snapshot.declined),
            trimmed_n=snapshot.trimmed_n,
            at=snapshot.at,
        )
