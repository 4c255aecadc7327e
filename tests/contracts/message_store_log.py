"""Writes a room's log as a worker does: entries whose seqs, n and targets follow on each other."""

import itertools
import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from chatflow.ids import new_id
from chatflow.protocol import events
from chatflow.protocol.events import Event
from chatflow.protocol.objects import Attachment, Member, Mentions, Message, Role, Room, RoomKind, Target
from chatflow.wire.log import Check, Entry, Known, LoadedRoom, LoadRoom, Run, RunResult, Step
from chatflow.wire.reads import RoomEvents, RoomRow
from message_service.stores.port import MessageStore

OP_NUMBERS = itertools.count(1)


class Writer(Protocol):
    """What a log is written by: a store, or the service in front of one."""

    def append(self, runs: Sequence[Run], *, deadline: float) -> list[RunResult]: ...


def in_time() -> float:
    return time.time() + 30


class RoomWriter:
    """Prepares entries of one room, each following on the one before, and writes them."""

    def __init__(self, writer: Writer, *, owner: str, room_id: str | None = None) -> None:
        self._writer = writer
        self.room_id = room_id or new_id()
        self.owner = owner
        self.head = 0
        self.n = 0
        self.minute = 0

    def common(self, actor: str) -> dict[str, Any]:
        self.head += 1
        self.minute += 1
        at = f"2026-11-20T{10 + self.minute // 60:02}:{self.minute % 60:02}:00.000Z"
        return {"room_id": self.room_id, "seq": self.head, "n": self.n, "actor": actor, "at": at}

    def entry(self, event: Event, *, op: str | None = None, owed: bool = False, **more: Any) -> Entry:
        made_id = event.message.id if isinstance(event, events.MessageCreated) else new_id()
        return Entry(id=made_id, op=op or f"g:{next(OP_NUMBERS)}", owed=owed, event=event, **more)

    def creation(
        self, *members: str, kind: RoomKind = "channel", name: str | None = "general", **settings: Any
    ) -> Entry:
        people = [Member(self.owner, "owner"), *(Member(user_id, "member") for user_id in members)]
        room: dict[str, Any] = {
            "topic": "",
            "private": False,
            "archived": False,
            "retention_days": None,
            "history": "all",
        } | settings
        event = events.RoomCreated(
            **self.common(self.owner),
            room=Room(id=self.room_id, kind=kind, name=name, member_count=len(people), head=1, n=0, **room),
            members=people,
        )
        return self.entry(event)

    def message(
        self,
        sender: str,
        text: str,
        *,
        mentions: Mentions = Mentions(),  # noqa: B008 - frozen
        reply_to: str | None = None,
        thread: str | None = None,
        attachments: list[Attachment] = [],  # noqa: B006 - never changed
        **more: Any,
    ) -> Entry:
        self.n += 1
        common = self.common(sender)
        message = Message(
            id=new_id(),
            room_id=self.room_id,
            seq=common["seq"],
            n=common["n"],
            cid=f"cid-{common['seq']}",
            sender=sender,
            text=text,
            at=common["at"],
            mentions=mentions,
            reply_to=reply_to,
            thread=thread,
            attachments=attachments,
        )
        return self.entry(events.MessageCreated(**common, message=message), **more)

    def about(self, kind: Callable[..., Event], actor: str, message: Message, **fields: Any) -> Entry:
        """An event about a message: its deletion, a reaction, a pin …"""
        target = Target(message.seq, message.n, message.sender, fields.pop("mentions_now", message.mentions))
        return self.entry(kind(**self.common(actor), id=message.id, target=target, **fields))

    def edit(self, message: Message, text: str, *, mentions: Mentions = Mentions(), **more: Any) -> Entry:  # noqa: B008
        common = self.common(message.sender)
        target = Target(message.seq, message.n, message.sender, mentions, mentions_before=message.mentions)
        event = events.MessageEdited(
            **common, id=message.id, target=target, text=text, mentions=mentions, edited_at=common["at"]
        )
        return self.entry(event, **more)

    def joining(self, user_id: str, *, actor: str | None = None, role: Role = "member", **more: Any) -> Entry:
        event = events.MemberJoined(**self.common(actor or user_id), user_id=user_id, role=role, **more)
        return self.entry(event, owed=actor is not None)

    def of_member(self, kind: Callable[..., Event], user_id: str, *, actor: str | None = None, **fields: Any) -> Entry:
        return self.entry(kind(**self.common(actor or self.owner), user_id=user_id, **fields))

    def update(self, **changes: Any) -> Entry:
        return self.entry(events.RoomUpdated(**self.common(self.owner), changes=changes))

    def trim(self, through_n: int) -> Entry:
        return self.entry(events.RoomTrimmed(**self.common("system"), through_n=through_n))

    # Writing.

    def run(self, *steps: Entry | Check, expected_head: int | None = None) -> Run:
        entries = [step for step in steps if isinstance(step, Entry)]
        head = entries[0].event.seq - 1 if entries else self.head
        return Run(
            room_id=self.room_id,
            expected_head=head if expected_head is None else expected_head,
            steps=[Step(step) if isinstance(step, Entry) else Step(None, step) for step in steps],
        )

    def append(self, *steps: Entry | Check, expected_head: int | None = None) -> RunResult:
        [result] = self._writer.append([self.run(*steps, expected_head=expected_head)], deadline=in_time())
        return result

    def write(self, *entries: Entry) -> None:
        result = self.append(*entries)
        assert (result.applied, result.stopped_by) == (len(entries), None)

    def begin(self, *members: str, **settings: Any) -> None:
        self.write(self.creation(*members, **settings))

    def say(self, sender: str, text: str, **more: Any) -> Message:
        entry = self.message(sender, text, **more)
        self.write(entry)
        return message_of(entry)


class RoomLog(RoomWriter):
    """One room of a store, written and read."""

    def __init__(self, store: MessageStore, *, owner: str, room_id: str | None = None) -> None:
        super().__init__(store, owner=owner, room_id=room_id)
        self.store = store

    def loaded(self, **asked: Any) -> LoadedRoom:
        [room] = self.store.load([LoadRoom(room_id=self.room_id, **asked)])
        return room

    def known(self, actor: str, op: str) -> Known | None:
        """Return the first result of an op, as whoever tries it again is told; None if it is in no log."""
        return self.append(Check(actor=actor, op=op)).known

    def row(self, user_id: str) -> RoomRow:
        [(_, row)] = self.store.rows([(user_id, self.room_id)])
        return row

    def counts(self, user_id: str) -> tuple[int | None, int | None]:
        """Return unread and mentions."""
        room = self.row(user_id).room
        return room.unread, room.mentions

    def events(self, *, after: int = 0, limit: int = 500, tail: bool = False) -> RoomEvents:
        [answer] = self.store.events({self.room_id: after}, limit=limit, tail=tail)
        return answer


def message_of(entry: Entry) -> Message:
    assert isinstance(entry.event, events.MessageCreated)
    return entry.event.message
