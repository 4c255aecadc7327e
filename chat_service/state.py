"""A room as its rules see it: what the log folds to, never changed in place, so that deciding ahead costs nothing."""

from typing import Self

import msgspec

from chatflow.protocol.objects import HistoryRule, Room, RoomKind
from chatflow.wire.log import InviteFacts, LoadedRoom, MemberFacts


class RoomState(msgspec.Struct, frozen=True, kw_only=True):
    """True at `head`; a room that does not exist yet has head 0.

    The mappings are shared between states: whoever changes one makes a copy first, so that a message costs no copy.
    """

    room_id: str
    head: int = 0
    n: int = 0
    kind: RoomKind = "channel"
    name: str | None = None
    topic: str = ""
    private: bool = True
    archived: bool = False
    retention_days: int | None = None
    history: HistoryRule = "all"
    members: dict[str, MemberFacts] = {}
    banned: frozenset[str] = frozenset()
    pins: frozenset[str] = frozenset()
    invites: dict[str, InviteFacts] = {}
    # Person → until when; kept for those who are away, so that leaving and returning unmutes nobody.
    muted: dict[str, str] = {}
    # Likewise, leaving and returning makes nobody a member who was made a reader.
    away_readers: frozenset[str] = frozenset()
    # Whom nobody brings in again until they come by themselves.
    declined: frozenset[str] = frozenset()
    # Up to this number, messages have lost their content to retention.
    trimmed_n: int = 0
    # Of the last event.
    at: str = ""

    @property
    def exists(self) -> bool:
        return self.head > 0

    @property
    def open_to_strangers(self) -> bool:
        """Whether people outside may know of the room, and walk in."""
        return self.kind == "channel" and not self.private and self.exists

    @classmethod
    def from_load(cls, loaded: LoadedRoom) -> Self:
        """Take up a room where the log's snapshot stands."""
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
            private=room.private,
            archived=room.archived,
            retention_days=room.retention_days,
            history=room.history,
            members={member.user_id: member for member in snapshot.members},
            banned=frozenset(snapshot.banned),
            pins=frozenset(snapshot.pins),
            invites={invite.invite_id: invite for invite in snapshot.invites},
            muted=snapshot.muted | muted,
            away_readers=frozenset(snapshot.away_readers),
            declined=frozenset(snapshot.declined),
            trimmed_n=snapshot.trimmed_n,
            at=snapshot.at,
        )

    def as_room(self) -> Room:
        """Return the public object, as nobody in particular sees it."""
        return Room(
            id=self.room_id,
            kind=self.kind,
            name=self.name,
            topic=self.topic,
            private=self.private,
            archived=self.archived,
            member_count=len(self.members),
            head=self.head,
            n=self.n,
            retention_days=self.retention_days,
            history=self.history,
            peers=sorted(self.members) if self.kind == "direct" else None,
        )
