"""Limits into how many rooms per hour others may put a person; an exact count, as it is made where the log is written.

The membership keeps what is counted: `added_at`, the last time that others brought the person into that room. A command
that is repeated or refused, or changes nothing, writes nothing and does not count; the same room counts once.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from chatflow.instants import write_instant
from chatflow.protocol.events import Event, MemberJoined, RoomCreated
from chatflow.wire.log import Entry, Run

# (person, room, when)
Addition = tuple[str, str, str]

WINDOW = timedelta(hours=1)


class Additions:
    """Decides for each new entry of an append whether it may bring people in, and counts those that may."""

    def __init__(self, found: Iterable[Addition], *, per_hour: int, now: float) -> None:
        self._per_hour = per_hour
        self._now = datetime.fromtimestamp(now, UTC)
        self._rooms: defaultdict[str, dict[str, datetime]] = defaultdict(dict)
        for user_id, room_id, at in found:
            moment = datetime.fromisoformat(at)
            # A worker's clock may be ahead; if one jumped far, it must not keep anybody out until that day.
            if moment < self._now + WINDOW:
                self._rooms[user_id][room_id] = min(moment, self._now)

    def admit(self, entry: Entry) -> float:
        """Count the people whom the entry brings in and return 0, or the seconds until all of them may come in."""
        people = people_added(entry.event) if self._per_hour else []
        seconds = max((self._wait_for(user_id, entry.event.room_id) for user_id in people), default=0.0)
        if not seconds:
            for user_id in people:
                self._rooms[user_id][entry.event.room_id] = self._now
        return seconds

    def _wait_for(self, user_id: str, room_id: str) -> float:
        latest = sorted((at for room, at in self._rooms[user_id].items() if room != room_id), reverse=True)
        if len(latest) < self._per_hour:
            return 0.0
        return max(0.0, (latest[self._per_hour - 1] + WINDOW - self._now).total_seconds())


def people_added(event: Event) -> list[str]:
    """Return the people whom somebody else brings into the room by this event."""
    if isinstance(event, RoomCreated):
        return [member.user_id for member in event.members if member.user_id != event.actor]
    if isinstance(event, MemberJoined) and event.user_id != event.actor:
        return [event.user_id]
    return []


def people_to_count(runs: Sequence[Run]) -> list[str]:
    """Return all people whom these runs would bring in."""
    entries = [step.entry for run in runs for step in run.steps if step.entry is not None]
    return list(dict.fromkeys(user_id for entry in entries for user_id in people_added(entry.event)))


def window_start(now: float) -> str:
    """Return since when additions count, in the log's form of times, so that they compare as text."""
    return write_instant(now - WINDOW.total_seconds())
