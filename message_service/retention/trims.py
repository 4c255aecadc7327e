"""Decides which messages retention takes, and when: pure functions that both stores share.

A trim is announced first, and done only if it has stood for the grace period and is still wanted: so a wrong clock, or
a setting that somebody regrets, takes nothing before anybody can notice. Messages are taken in pieces, oldest first,
and never past one that is to be kept, so that stamps out of order remove nothing too early.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from chatflow.instants import write_instant
from chatflow.wire.retention import Trim
from message_service.retention.log_clock import RetentionTime

# Each trim is one transaction, during which nobody else can write.
MESSAGES_PER_TRIM = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A room that keeps its messages only for some days."""

    room_id: str
    retention_days: int
    trimmed_n: int
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """A room is to lose what was written before a time; `since` is when that became known, by the running time."""

    room_id: str
    retention_days: int
    before: str
    since: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TrimPage:
    trims: list[Trim]
    # The id of the last room looked at, if there may be more.
    next: str | None
    # How many rooms were newly announced.
    announced: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomTimes:
    """When a room's messages were written, as a store knows it."""

    # The time of a message, by its n; None if there is none.
    at_of: Callable[[Kept, int], str | None]
    # The first n after `trimmed_n`, up to `through`, of a message that was not written before a time.
    first_since: Callable[[Kept, str, int], int | None]


@dataclass(slots=True)
class TrimPlan:
    trims: list[Trim] = field(default_factory=list)
    announce: list[Announced] = field(default_factory=list)
    # Rooms whose announcements are no longer valid.
    withdraw: list[str] = field(default_factory=list)


def plan_trims(
    rooms: Sequence[Kept],
    announced: Iterable[Announced],
    *,
    own: Callable[[str], bool],
    time: RetentionTime,
    times: RoomTimes,
) -> TrimPlan:
    """Decide about a page of all rooms with a retention; `announced` are the announcements in its range of ids."""
    plan = TrimPlan()
    by_room = {one.room_id: one for one in announced}
    days = {room.room_id: room.retention_days for room in rooms}
    for one in list(by_room.values()):
        if days.get(one.room_id) != one.retention_days:
            plan.withdraw.append(by_room.pop(one.room_id).room_id)
    for room in rooms:
        if own(room.room_id):
            plan_room(plan, room, by_room.get(room.room_id), time=time, times=times)
    return plan


def plan_room(
    plan: TrimPlan, room: Kept, announced: Announced | None, *, time: RetentionTime, times: RoomTimes
) -> None:
    border = border_of(room, time)
    oldest_at = times.at_of(room, room.trimmed_n + 1)
    if announced is not None and (oldest_at is None or oldest_at >= announced.before):
        plan.withdraw.append(room.room_id)
        announced = None
    if oldest_at is None or oldest_at >= border:
        return
    running_time = time.now if time.running_time is None else time.running_time
    if announced is None:
        days = room.retention_days
        announced = Announced(room_id=room.room_id, retention_days=days, before=border, since=running_time)
        plan.announce.append(announced)
    if running_time - announced.since < time.grace_seconds:
        return
    through = min(room.n, room.trimmed_n + MESSAGES_PER_TRIM)
    kept_n = times.first_since(room, min(announced.before, border), through)
    plan.trims.append(
        Trim(
            room_id=room.room_id,
            retention_days=room.retention_days,
            through_n=through if kept_n is None else kept_n - 1,
        )
    )


def border_of(room: Kept, time: RetentionTime) -> str:
    """Return the time before which messages are too old."""
    kept_for = timedelta(days=room.retention_days)
    oldest_kept = datetime.fromtimestamp(time.now, UTC) - kept_for
    if time.unsure_from is not None and time.unsure_until is not None:
        unsure_from = datetime.fromtimestamp(time.unsure_from, UTC)
        # A message stamped while the clock was doubted may have been written as late as the end of the doubt.
        if oldest_kept <= datetime.fromtimestamp(time.unsure_until, UTC):
            oldest_kept = min(oldest_kept, unsure_from)
    return write_instant(oldest_kept.timestamp())
