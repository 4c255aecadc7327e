"""A second, independent fold of a room's events: the fake store answers from it, and tests compare with it."""

from collections.abc import Collection
from typing import Any

import msgspec

from chatflow.protocol.objects import Mentions
from chatflow.wire.log import Entry, MessageState, Snapshot

Json = dict[str, Any]


class LogFold:
    """Mutable and literal: it reads the events as the JSON that clients get."""

    def __init__(self, room_id: str) -> None:
        self.room_id = room_id
        self.events: list[Json] = []
        self.room: Json = {}
        self.members: dict[str, tuple[str, int]] = {}
        self.banned: set[str] = set()
        self.pins: list[str] = []
        self.muted: dict[str, str] = {}
        # How everybody stood who has left.
        self.left_as: dict[str, str] = {}
        self.declined: set[str] = set()
        self.invites: dict[str, Json] = {}
        self.messages: dict[str, Json] = {}
        self.trimmed_n = 0

    @property
    def head(self) -> int:
        return len(self.events)

    @property
    def n(self) -> int:
        return len(self.messages)

    def apply(self, entry: Entry) -> None:
        event = msgspec.json.decode(msgspec.json.encode(entry.event))
        assert event["seq"] == self.head + 1
        self.events.append(event)
        kind, _, verb = event["type"].partition(".")
        getattr(self, f"on_{kind}")(verb, event, entry)
        assert event["n"] == self.n

    def on_room(self, verb: str, event: Json, _: Entry) -> None:
        if verb == "created":
            self.room = event["room"]
            self.members = {member["user_id"]: (member.get("role", "member"), 1) for member in event["members"]}
        elif verb == "trimmed":
            self.trimmed_n = event["through_n"]
            for message in self.messages.values():
                if message["n"] <= self.trimmed_n:
                    message |= {"text": "", "emoji": {}}
        elif verb == "updated":
            self.room |= event["changes"]

    def on_member(self, verb: str, event: Json, entry: Entry) -> None:
        person = event["user_id"]
        self.declined |= {person} if entry.declined else set()
        match verb:
            case "joined":
                self.left_as.pop(person, None)
                self.declined.discard(person)
                self.members[person] = (event["role"], event["seq"])
                invite = self.invites.get(event.get("invite_id", ""))
                if invite is not None and invite["uses_left"] is not None:
                    invite["uses_left"] -= 1
                    self.invites = {name: one for name, one in self.invites.items() if one["uses_left"] != 0}
            case "left" | "kicked":
                self.left_as[person] = self.members.pop(person)[0]
            case "banned":
                self.left_as[person] = self.members.pop(person)[0]
                self.banned.add(person)
            case "unbanned":
                self.banned.discard(person)
            case "role":
                self.members[person] = (event["role"], self.members[person][1])
            case "muted":
                self.muted.pop(person, None)
                self.muted |= {person: event["until"]} if event["until"] else {}

    def on_invite(self, verb: str, event: Json, entry: Entry) -> None:
        if verb == "created":
            self.invites = {name: one for name, one in self.invites.items() if not (one["until"] or "~") <= event["at"]}
            self.invites[event["invite_id"]] = {
                "invite_id": event["invite_id"],
                "secret_hash": entry.secret_hash,
                "role": event["role"],
                "created_by": event["actor"],
                "uses_left": event.get("uses"),
                "until": event.get("until"),
            }
        else:
            del self.invites[event["invite_id"]]

    def on_message(self, verb: str, event: Json, _: Entry) -> None:
        match verb:
            case "created":
                message = event["message"]
                self.messages[message["id"]] = message | {"emoji": {}}
            case "edited":
                self.messages[event["id"]] |= {"text": event["text"], "mentions": event["mentions"], "edited": True}
            case "deleted":
                self.messages[event["id"]] |= {"text": "", "deleted": True, "emoji": {}}
                self.pins = [pin for pin in self.pins if pin != event["id"]]
            case "pinned":
                self.pins.append(event["id"])
            case "unpinned":
                self.pins.remove(event["id"])

    def on_reaction(self, verb: str, event: Json, _: Entry) -> None:
        people = self.messages[event["id"]]["emoji"].setdefault(event["emoji"], [])
        (people.append if verb == "added" else people.remove)(event["actor"])

    def snapshot(self) -> Snapshot:
        room = self.room | {"head": self.head, "n": self.n, "member_count": len(self.members)}
        return msgspec.convert(
            {
                "room": room,
                "members": [
                    {"user_id": person, "role": role, "joined_seq": seq, "muted_until": self.muted.get(person)}
                    for person, (role, seq) in self.members.items()
                ],
                "banned": sorted(self.banned),
                "pins": self.pins,
                "invites": list(self.invites.values()),
                "muted": self.muted,
                "declined": sorted(self.declined),
                "away_readers": [person for person, role in self.left_as.items() if role == "reader"],
                "trimmed_n": self.trimmed_n,
                "at": self.events[-1]["at"],
            },
            Snapshot,
        )

    def message_state(self, message_id: str, *, reactors: Collection[str] = ()) -> MessageState | None:
        """Return what a load tells of the message, with the reactions of those who are asked for."""
        message = self.messages.get(message_id)
        if message is None:
            return None
        return MessageState(
            id=message["id"],
            seq=message["seq"],
            n=message["n"],
            sender=message["sender"],
            text=message["text"],
            at=message["at"],
            mentions=msgspec.convert(message["mentions"], Mentions),
            deleted=message["deleted"] or message["n"] <= self.trimmed_n,
            thread=message["thread"],
            reactions={
                emoji: asked
                for emoji, people in message["emoji"].items()
                if (asked := [*filter(reactors.__contains__, people)])
            },
            counts={emoji: len(people) for emoji, people in message["emoji"].items() if people},
        )
