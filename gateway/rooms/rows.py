"""Brings a person's row of a room forward to a later seq by folding events into it; pure functions."""

from collections.abc import Iterable
from typing import Any

import msgspec

from chatflow.wire.bus import Published
from chatflow.wire.reads import RoomRow
from gateway.delivery.event_fields import event_text

decode = msgspec.json.Decoder(dict[str, Any]).decode

CHANGEABLE = ("name", "topic", "archived", "private", "retention_days", "history", "description")


class NotFoldable(Exception):
    """The events do not tell what the row is now; ask for a newer row."""


class MembershipEnded(Exception):
    """The person is not a member any more."""


def fold_row(row: RoomRow, user_id: str, events: Iterable[Published]) -> RoomRow:
    """Return the row after these events; the first one must follow on the seq at which the row is true."""
    fold = RowFold(row, user_id)
    for event in events:
        fold.apply(event)
    return fold.row


class RowFold:
    """Folds events into one row of one person, as a client does with the same events."""

    def __init__(self, row: RoomRow, user_id: str) -> None:
        self._row = row
        self._user_id = user_id
        self._read_n = row.read_n
        room = row.room
        self._changes: dict[str, Any] = {
            "head": room.head,
            "n": room.n,
            "member_count": room.member_count,
            "read_seq": room.read_seq or 0,
            "unread": room.unread or 0,
            "mentions": room.mentions or 0,
            "role": room.role,
            "muted_until": room.muted_until,
        }

    @property
    def row(self) -> RoomRow:
        room = msgspec.structs.replace(self._row.room, **self._changes)
        return msgspec.structs.replace(self._row, room=room, read_n=self._read_n)

    def apply(self, event: Published) -> None:
        if event.seq != self._changes["head"] + 1:
            raise NotFoldable
        self._changes["head"] = event.seq
        self._changes["n"] = event.n
        step = STEPS.get(event.type)
        if step is None:
            return
        try:
            step(self, decode(event_text(event)))
        except (msgspec.DecodeError, RecursionError, KeyError, TypeError, AttributeError) as error:
            # An event that cannot be read does not tell what it changed.
            raise NotFoldable from error

    def _on_created(self, event: dict[str, Any]) -> None:
        message = event["message"]
        if message["sender"] == self._user_id:
            # Sending a message moves the sender's own read position.
            self._changes.update(read_seq=event["seq"], unread=0, mentions=0)
            self._read_n = event["n"]
        else:
            self._changes["unread"] += 1
            self._changes["mentions"] += self._concerned(message.get("mentions"))

    def _on_edited(self, event: dict[str, Any]) -> None:
        if self._counts(event["target"]):
            before = self._concerned(event["target"].get("mentions_before"))
            self._changes["mentions"] += self._concerned(event["mentions"]) - before

    def _on_deleted(self, event: dict[str, Any]) -> None:
        if self._counts(event["target"]):
            self._changes["unread"] = max(0, self._changes["unread"] - 1)
            self._changes["mentions"] = max(
                0, self._changes["mentions"] - self._concerned(event["target"].get("mentions"))
            )

    def _on_joined(self, event: dict[str, Any]) -> None:
        self._changes["member_count"] += 1
        if event["user_id"] == self._user_id:
            self._changes["role"] = event["role"]

    def _on_ended(self, event: dict[str, Any]) -> None:
        if event["user_id"] == self._user_id:
            raise MembershipEnded
        self._changes["member_count"] -= 1

    def _on_muted(self, event: dict[str, Any]) -> None:
        if event["user_id"] == self._user_id:
            self._changes["muted_until"] = event["until"]

    def _on_role(self, event: dict[str, Any]) -> None:
        if event["user_id"] == self._user_id:
            self._changes["role"] = event["role"]

    def _on_updated(self, event: dict[str, Any]) -> None:
        self._changes.update({name: value for name, value in event["changes"].items() if name in CHANGEABLE})

    def _counts(self, target: dict[str, Any]) -> bool:
        return bool(target["n"] > self._read_n and target["sender"] != self._user_id)

    def _concerned(self, mentions: dict[str, Any] | None) -> int:
        return int(
            mentions is not None
            and bool(mentions.get("all") or mentions.get("here") or self._user_id in mentions.get("users", ()))
        )


STEPS = {
    "message.created": RowFold._on_created,
    "message.edited": RowFold._on_edited,
    "message.deleted": RowFold._on_deleted,
    "member.joined": RowFold._on_joined,
    "member.left": RowFold._on_ended,
    "member.kicked": RowFold._on_ended,
    "member.banned": RowFold._on_ended,
    "member.muted": RowFold._on_muted,
    "member.role": RowFold._on_role,
    "room.updated": RowFold._on_updated,
}
