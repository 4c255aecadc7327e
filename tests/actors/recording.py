"""Writes down for the checker what an actor's devices ask, are answered and are shown."""

import hashlib
import time
from datetime import datetime

from tests.actors.answers import Json
from tests.checker.history import HistoryWriter
from tests.checker.records import (
    Admitted,
    Alerted,
    Answered,
    Applied,
    Folded,
    Moved,
    Outcome,
    Owed,
    Read,
    RoomRecord,
    Seen,
    Sent,
    Settled,
    Source,
    Stamped,
    Whole,
)

# A stamp that is further from the test's own clock counts as wrong.
CLOCKS_APART_SECONDS = 3600.0
MEMBER_EVENTS = ("member.joined", "member.left", "member.kicked", "member.banned")


class Recorder:
    """The history of one device; without a writer it keeps nothing."""

    def __init__(self, writer: HistoryWriter | None, *, client: str, user: str) -> None:
        self._writer = writer
        self.client = client
        self.user = user
        self.connections = 0

    @property
    def connection(self) -> str:
        return f"{self.client}#{self.connections}"

    def sent(self, room_id: str, *, cid: str, attempt: int, text: str) -> None:
        self._add(
            room_id,
            Sent(
                at=time.monotonic(),
                client=self.client,
                user=self.user,
                connection=self.connection,
                cid=cid,
                attempt=attempt,
                body=body_hash(text),
            ),
        )

    def answered(
        self,
        room_id: str,
        *,
        cid: str,
        attempt: int,
        outcome: Outcome,
        code: str | None = None,
        seq: int | None = None,
        duplicate: bool = False,
    ) -> None:
        self._add(
            room_id,
            Answered(
                at=time.monotonic(),
                client=self.client,
                user=self.user,
                cid=cid,
                attempt=attempt,
                outcome=outcome,
                code=code,
                seq=seq,
                duplicate=duplicate,
            ),
        )

    def saw(self, event: Json, *, source: Source, applied: bool) -> None:
        message = event["message"] if event["type"] == "message.created" else {}
        created = event["type"] == "room.created"
        text = message.get("text")
        self._add(
            event["room_id"],
            Seen(
                at=time.monotonic(),
                client=self.client,
                user=self.user,
                connection=self.connection,
                seq=event["seq"],
                type=event["type"],
                source=source,
                applied=applied,
                sender=message.get("sender"),
                cid=message.get("cid"),
                body=body_hash(text) if text is not None else None,
                changed=bool(message.get("edited_at") or message.get("deleted")),
                subject=event["user_id"] if event["type"] in MEMBER_EVENTS else None,
                members=[member["user_id"] for member in event["members"]] if created else [],
                history_rule=event["room"].get("history") if created else None,
            ),
        )

    def applied(self, room_id: str, seq: int) -> None:
        self._add(room_id, Applied(at=time.monotonic(), client=self.client, seq=seq))

    def admitted(self, room_id: str, seq: int) -> None:
        self._add(
            room_id,
            Admitted(at=time.monotonic(), client=self.client, user=self.user, connection=self.connection, seq=seq),
        )

    def started(self, room_id: str, seq: int) -> None:
        self._add(room_id, Moved(at=time.monotonic(), client=self.client, seq=seq, why="start"))

    def reset(self, room_id: str, seq: int) -> None:
        self._add(room_id, Moved(at=time.monotonic(), client=self.client, seq=seq, why="reset"))

    def read(self, room_id: str, *, asked_at: float, head: int) -> None:
        self._add(room_id, Read(at=asked_at, client=self.client, user=self.user, head=head))

    def whole(self, room_id: str, *, head: int) -> None:
        self._add(room_id, Whole(at=time.monotonic(), head=head))

    def stamped(self, log: list[Json], *, since: float) -> None:
        """Record what is wrong with the times in a whole log that was begun after `since` (wall-clock seconds)."""
        room_id, ats = log[0]["room_id"], [datetime.fromisoformat(event["at"]).timestamp() for event in log]
        earliest, latest = since - CLOCKS_APART_SECONDS, time.time() + CLOCKS_APART_SECONDS
        self._add(
            room_id,
            Stamped(
                at=time.monotonic(),
                falls=[event["seq"] for event, at, before in zip(log[1:], ats[1:], ats, strict=False) if at < before],
                wrong=[event["seq"] for event, at in zip(log, ats, strict=True) if not earliest <= at <= latest],
                # No run takes as long as a day.
                trims=[event["seq"] for event in log if event["type"] == "room.trimmed"],
            ),
        )

    def settled(self, room_id: str, *, position: int) -> None:
        self._add(room_id, Settled(at=time.monotonic(), client=self.client, position=position))

    def folded(self, room_id: str, *, seq: int, folded: Json, fresh: Json) -> None:
        self._add(room_id, Folded(at=time.monotonic(), client=self.client, seq=seq, folded=folded, fresh=fresh))

    def owes(self, room_id: str, seq: int, *, user: str) -> None:
        self._add(room_id, Owed(at=time.monotonic(), user=user, seq=seq))

    def alerted(self, room_id: str, seq: int) -> None:
        self._add(room_id, Alerted(at=time.monotonic(), user=self.user, seq=seq))

    def _add(self, room_id: str, record: RoomRecord) -> None:
        if self._writer is not None:
            self._writer.add(room_id, record)


def body_hash(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
