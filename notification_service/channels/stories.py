"""Finds out what is to be said of a notice outside of the app just before it is sent, and whether it is to be still.

Nothing of it is kept: a text that was deleted meanwhile is sent to nobody, and what was read meanwhile is not sent.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from chatflow.batches import batches
from chatflow.http.service_client import ServiceClient
from chatflow.protocol.objects import Room
from chatflow.wire.outbox import AlertDetails, AlertDetailsAnswer, AlertDetailsRequest, Job
from chatflow.wire.reads import RoomRow, RowsAnswer, RowsRequest
from notification_service.deciding.deliveries import Claimed, Settled
from notification_service.deciding.notices import Notice

PAIRS_AT_ONCE = 500
JOBS_AT_ONCE = 100
NAMES_AT_ONCE = 100
# So many people are looked at for each event that is asked about. They are not needed: only the event is.
PEOPLE_AT_ONCE = 100
# A message may mention more people than its beginning shows.
NAMED_AT_MOST = 20
TEXT_CHARACTERS = 1000

Rows = dict[tuple[str, str], RoomRow]


class Named(msgspec.Struct, frozen=True):
    id: str
    username: str
    display_name: str


class NamedAnswer(msgspec.Struct, frozen=True):
    users: list[Named]


class Brief(NamedTuple):
    """What is kept of an event while something is made of it: the beginning of a long text is enough for everybody."""

    text: str | None
    room_name: str | None
    # Whose names may be said.
    people: set[str]


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a notice when it is sent."""

    # None where it is no message, or where its person wants no text outside of the app.
    text: str | None
    room_name: str | None
    names: Mapping[str, str]
    # How many messages call the person by now, where that is shown.
    calls: int


async def no_rooms(_: Collection[str]) -> dict[str, list[str]]:
    return {}


class Stories:
    """`withholding` names those of some people whose notices are to carry no text outside of the app.

    `rooms_that_call` names the rooms that count for each person's badge, where one is shown.
    """

    def __init__(
        self,
        *,
        messages: ServiceClient,
        users: ServiceClient,
        withholding: Callable[[Collection[str]], Awaitable[Collection[str]]],
        rooms_that_call: Callable[[Collection[str]], Awaitable[dict[str, list[str]]]] = no_rooms,
    ) -> None:
        self._messages = messages
        self._users = users
        self._withholding = withholding
        self._rooms_that_call = rooms_that_call

    async def find(self, claimed: Sequence[Claimed], *, now: datetime) -> dict[int, Story | Settled]:
        """Return by delivery what it says, or how it ended; raises a ChatFlowError if that cannot be found out."""
        notices = [one.notice for one in claimed if one.notice is not None]
        people = {notice.user_id for notice in notices}
        briefs, rows, withholding = await asyncio.gather(
            self._read_briefs(sorted({Job(notice.room_id, notice.seq) for notice in notices}, key=place_of)),
            self._read_rows(notices),
            self._withholding(people),
        )
        names = await self._read_names(briefs.values())
        calls: dict[str, int] = dict.fromkeys(people, 0)
        for (user_id, _), seen in rows.items():
            calls[user_id] += calls_in(seen.room, now=now)
        found: dict[int, Story | Settled] = {}
        for one in claimed:
            notice = one.notice
            if notice is None:
                found[one.id] = Settled(delivery=one, state="expired")
                continue
            brief, row = briefs.get((notice.room_id, notice.seq)), rows.get((notice.user_id, notice.room_id))
            if settled := end_of(one, notice, is_there=brief is not None, row=row):
                found[one.id] = settled
            elif brief is not None:
                found[one.id] = Story(
                    text=None if notice.user_id in withholding else brief.text,
                    room_name=brief.room_name,
                    names=names,
                    calls=max(1, calls[notice.user_id]),
                )
        return found

    async def _read_briefs(self, jobs: Sequence[Job]) -> dict[tuple[str, int], Brief]:
        """Return what is kept of each event that is there still."""
        found: dict[tuple[str, int], Brief] = {}
        for some in batches(jobs, JOBS_AT_ONCE):
            left = list(some)
            while left:
                request = AlertDetailsRequest(jobs=left, people_at_most=PEOPLE_AT_ONCE)
                answer = await self._messages.call("/internal/alerts", request, AlertDetailsAnswer, idempotent=True)
                # Where the people of the first events were too many, the others are to be asked about again.
                to_come = {detail.job for detail in answer.details if detail.event is None and detail.next == ""}
                found |= {place_of(one.job): brief_of(one, one.event) for one in answer.details if one.event}
                left = [job for job in left if job in to_come and job != left[0]]
        return found

    async def _read_rows(self, notices: Sequence[Notice]) -> Rows:
        """Return the rooms of the notices, and those that count for badges, as each person sees them."""
        calling = await self._rooms_that_call({notice.user_id for notice in notices})
        pairs = {(notice.user_id, notice.room_id) for notice in notices}
        pairs |= {(user_id, room_id) for user_id, room_ids in calling.items() for room_id in room_ids}
        rows: Rows = {}
        for some in batches(sorted(pairs), PAIRS_AT_ONCE):
            answer = await self._messages.call("/internal/rows", RowsRequest(list(some)), RowsAnswer, idempotent=True)
            rows |= {(user_id, row.room.id): row for user_id, row in answer.rows}
        return rows

    async def _read_names(self, briefs: Collection[Brief]) -> dict[str, str]:
        wanted = {user_id for brief in briefs for user_id in brief.people}
        names: dict[str, str] = {}
        for ids in batches(sorted(wanted), NAMES_AT_ONCE):
            answer = await self._users.post_json("/internal/users", {"ids": ids}, NamedAnswer, idempotent=True)
            names |= {user.id: user.display_name or user.username for user in answer.users}
        return names


def place_of(job: Job) -> tuple[str, int]:
    return job.room_id, job.seq


def end_of(delivery: Claimed, notice: Notice, *, is_there: bool, row: RoomRow | None) -> Settled | None:
    """Return how a delivery ended before it was sent, if it did."""
    if row is None:
        return Settled(delivery=delivery, state="failed", reason="left")
    # A new member's read position begins at the event that took them in.
    is_read = (row.room.read_seq or 0) >= notice.seq + (notice.kind == "invitation")
    if is_read or delivery.is_seen:
        return Settled(delivery=delivery, state="read")
    return None if is_there else Settled(delivery=delivery, state="failed", reason="deleted")


def calls_in(room: Room, *, now: datetime) -> int:
    """Count what calls the person in this room, as the browser client does for its badge."""
    notify = room.notify
    if notify is not None:
        until = notify.muted_until
        if notify.level == "none" or (until is not None and datetime.fromisoformat(until) > now):
            return 0
    only_mentions = room.kind == "channel" or (notify is not None and notify.level == "mentions")
    return (room.mentions if only_mentions else room.unread) or 0


def brief_of(detail: AlertDetails, event: dict[str, Any]) -> Brief:
    message = event.get("message", event)
    text, mentions = message.get("text"), message.get("mentions") or {}
    name = detail.room_name
    return Brief(
        text=text[:TEXT_CHARACTERS] if isinstance(text, str) else None,
        room_name=f"#{name}" if name is not None and detail.room_kind == "channel" else name,
        people={event["actor"], *mentions.get("users", ())[:NAMED_AT_MOST]},
    )
