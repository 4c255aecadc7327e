"""A small fake world for one gateway: a log, and the fake services and worker that serve it."""

from typing import Any

from chatflow.ids import new_id
from chatflow.protocol import events
from chatflow.protocol.objects import Member, Mentions, Message, Notify, Room, Target
from chatflow.wire.bus import Published, packet_of
from chatflow.wire.reads import PersonRooms, RoomRow, Unshown

AT = "2026-11-21T12:00:00.000Z"


class FakeRoom:
    """One room's log, members and positions, as far as the gateway's edge shows them."""

    def __init__(self, room_id: str, *, kind: str = "channel", history: str = "all") -> None:
        self.id = room_id
        self.kind: Any = kind
        self.history: Any = history
        self.events: list[Published] = []
        self.messages: list[tuple[int, str]] = []  # (seq, sender)
        self.deleted: set[int] = set()
        self.joined: dict[str, int] = {}
        self.read: dict[str, int] = {}
        # Who left it as a direct room, and how many messages it had.
        self.hidden: dict[str, int] = {}
        self.known: dict[tuple[str, str], dict[str, Any]] = {}

    @property
    def head(self) -> int:
        return len(self.events)

    @property
    def n(self) -> int:
        return len(self.messages)

    def append(self, event: Any) -> Published:
        published = Published(self.id, event.seq, event.n, event.type, packet_of(event))
        self.events.append(published)
        return published

    def header(self, actor: str) -> dict[str, Any]:
        return {"room_id": self.id, "seq": self.head + 1, "n": self.n, "actor": actor, "at": AT}

    def create(self, creator: str, others: list[str]) -> Published:
        members = [Member(user_id=user_id) for user_id in [creator, *others]]
        self.joined = {member.user_id: 1 for member in members}
        return self.append(events.RoomCreated(**self.header(creator), room=self.shown(head=1), members=members))

    def join(self, user_id: str) -> Published:
        self.joined[user_id] = self.head + 1
        return self.append(events.MemberJoined(**self.header(user_id), user_id=user_id, role="member"))

    def leave(self, user_id: str, *, kind: Any = events.MemberLeft, actor: str | None = None) -> Published:
        del self.joined[user_id]
        return self.append(kind(**self.header(actor or user_id), user_id=user_id))

    def send(self, sender: str, text: str, *, cid: str | None = None) -> Published:
        header = self.header(sender)
        header["n"] += 1
        self.messages.append((header["seq"], sender))
        self.read[sender] = header["seq"]
        message = Message(
            id=new_id(), room_id=self.id, seq=header["seq"], n=header["n"], cid=cid or new_id(), sender=sender,
            text=text, at=AT,
        )  # fmt: skip
        return self.append(events.MessageCreated(**header, message=message))

    def edit(self, seq: int, text: str) -> Published:
        n, (_, sender) = next((n, found) for n, found in enumerate(self.messages, 1) if found[0] == seq)
        target = Target(seq=seq, n=n, sender=sender, mentions=Mentions(all=True), mentions_before=Mentions())
        return self.append(
            events.MessageEdited(
                **self.header(sender), id=new_id(), target=target, text=text, mentions=target.mentions, edited_at=AT
            )
        )

    def delete(self, seq: int, *, actor: str) -> Published:
        n, (_, sender) = next((n, found) for n, found in enumerate(self.messages, 1) if found[0] == seq)
        self.deleted.add(seq)
        target = Target(seq=seq, n=n, sender=sender, mentions=Mentions())
        return self.append(events.MessageDeleted(**self.header(actor), id=new_id(), target=target))

    def shown(self, *, head: int | None = None) -> Room:
        return Room(
            id=self.id, kind=self.kind, name="room", topic="", private=False, archived=False,
            member_count=len(self.joined), head=self.head if head is None else head, n=self.n, retention_days=None,
            history=self.history,
        )  # fmt: skip

    def row(self, user_id: str) -> RoomRow:
        read_seq = self.read.get(user_id, 0)
        unread = [
            seq for seq, sender in self.messages if seq > read_seq and sender != user_id and seq not in self.deleted
        ]
        read_n = sum(seq <= read_seq for seq, _ in self.messages)
        room = self.shown()
        return RoomRow(
            room=Room(
                **{name: getattr(room, name) for name in room.__struct_fields__}
                | {
                    "role": "member",
                    "read_seq": read_seq,
                    "unread": len(unread),
                    "mentions": 0,
                    "notify": Notify(),
                }
            ),
            read_n=read_n,
            joined_seq=self.joined[user_id],
            hidden_n=self.hidden.get(user_id),
        )


class World:
    def __init__(self) -> None:
        self.rooms: dict[str, FakeRoom] = {}
        self.users: dict[str, str] = {}
        self.versions: dict[str, int] = {}
        # What user_service tells of accounts; the first one has position 2.
        self.facts: list[dict[str, Any]] = []

    def person(self, name: str) -> str:
        user_id = new_id()
        self.users[user_id] = name
        return user_id

    def room(self, creator: str, *others: str, kind: str = "channel", history: str = "all") -> FakeRoom:
        room = FakeRoom(new_id(), kind=kind, history=history)
        self.rooms[room.id] = room
        room.create(creator, list(others))
        return room

    def touch(self, *user_ids: str) -> None:
        for user_id in user_ids:
            self.versions[user_id] = self.versions.get(user_id, 0) + 1

    def rooms_of(self, user_id: str, *, limit: int) -> PersonRooms:
        rows = [room.row(user_id) for room in self.rooms.values() if user_id in room.joined]
        mine = [row for row in rows if not row.is_hidden]
        return PersonRooms(
            user_id=user_id,
            rooms_version=self.versions.get(user_id, 0),
            rows=mine[:limit],
            more=len(mine) > limit,
            hidden=[row for row in rows if row.is_hidden],
            room_heads={row.room.id: row.room.head for row in mine},
            unshown={row.room.id: Unshown(row.joined_seq, row.room.history) for row in mine[limit:]},
        )

    def revoke(self, session_id: str) -> None:
        self.tell("session", session_id=session_id, expires_at="2099-01-01T00:00:00.000Z")

    def tell(self, kind: str, **said: Any) -> None:
        """Have user_service tell a fact of this kind about an account."""
        self.facts.append({"kind": kind, **said})
