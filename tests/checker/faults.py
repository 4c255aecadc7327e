"""The faults of a run, and the invariants about time: how soon messages are seen, how soon the system works again."""

import math
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.checker.examined import Examined
from tests.checker.records import FaultBegan, FaultHealed, RunRecord
from tests.checker.room import RoomHistory

# Less traffic than this while something is broken proves nothing about it.
SENDS_DURING_A_FAULT = 10
ALIVE_WITHIN_SECONDS = 10.0
SEEN_WITHIN_SECONDS = 5.0
# An ack that takes no longer was not delayed by any fault.
SLOW_SECONDS = 0.3
# The run itself stood still: nobody could send or see anything, and nobody can be blamed for it.
OBSERVER_STALLED = "stall of the observer"


@dataclass(frozen=True)
class Fault:
    name: str
    began_at: float
    healed_at: float


@dataclass
class Timeline:
    """When things were sent, acked and seen, over all rooms."""

    sent_at: "array[float]" = field(default_factory=lambda: array("d"))
    # Of attempts; one without an answer never ends.
    ended_at: "array[float]" = field(default_factory=lambda: array("d"))
    acked_at: "array[float]" = field(default_factory=lambda: array("d"))
    acked_to_seen: "array[float]" = field(default_factory=lambda: array("d"))
    # Sent and acked, of those that took long.
    delayed: list[tuple[float, float]] = field(default_factory=list)
    unseen_for_long: list[tuple[str, str]] = field(default_factory=list)

    def take(self, room: RoomHistory, *, faults: list[Fault]) -> None:
        """Add one room's times."""
        acked = {}
        for send in room.sends.values():
            self.sent_at.extend(attempt.sent_at for attempt in send.attempts)
            self.ended_at.extend(
                math.inf if attempt.answered_at is None else attempt.answered_at for attempt in send.attempts
            )
            if send.acked_at is not None and send.acked_seq is not None:
                self.acked_at.append(send.acked_at)
                if send.acked_at - send.attempts[0].sent_at > SLOW_SECONDS:
                    self.delayed.append((send.attempts[0].sent_at, send.acked_at))
                acked[send.acked_seq] = send.acked_at
        for client, seen in room.first_seen_at.items():
            for seq in seen.keys() & acked.keys():
                waited = seen[seq] - acked[seq]
                self.acked_to_seen.append(max(0.0, waited))
                # The first look spares nearly all the walk over the faults.
                if (
                    waited > SEEN_WITHIN_SECONDS
                    and seen[seq] - last_trouble(acked[seq], seen[seq], faults) > SEEN_WITHIN_SECONDS
                ):
                    late = f"{client} saw seq {seq} {waited:.1f} s after its ack"
                    self.unseen_for_long.append((room.room_id, late))


def last_trouble(acked_at: float, seen_at: float, faults: list[Fault]) -> float:
    """Return when a message's time to be seen begins: at its ack, or at the end of a later fault before it was seen."""
    healings = [fault.healed_at for fault in faults if fault.began_at <= seen_at and fault.healed_at >= acked_at]
    return max([acked_at, *healings])


def read_faults(records: Iterable[RunRecord]) -> list[Fault]:
    """Pair each fault with its healing; one that never healed lasts for ever."""
    open_faults: dict[str, float] = {}
    faults = []
    for record in records:
        match record:
            case FaultBegan():
                open_faults[record.fault] = record.at
            case FaultHealed():
                faults.append(Fault(record.fault, open_faults.pop(record.fault), record.at))
    return faults + [Fault(name, began_at, float("inf")) for name, began_at in open_faults.items()]


def bounded_invisibility(timeline: Timeline) -> Examined:
    """C11: what was acked is seen live by those who are connected, at the latest 5 s after the last fault healed."""
    return Examined(
        len(timeline.acked_to_seen), [f"room {room_id}: {late}" for room_id, late in timeline.unseen_for_long]
    )


def liveness(timeline: Timeline, faults: list[Fault]) -> Examined:
    """C14: within 10 s of each healing a send succeeds again."""
    acked_at = sorted(timeline.acked_at)
    examined = Examined(len(faults))
    if not faults:
        examined.count = len(acked_at)
        examined.wrong = [] if acked_at or not timeline.sent_at else ["nothing that was sent was ever acked"]
    for fault in faults:
        first = bisect_left(acked_at, fault.healed_at)
        if first == len(acked_at) or acked_at[first] > fault.healed_at + ALIVE_WITHIN_SECONDS:
            examined.wrong.append(f"no send succeeded within {ALIVE_WITHIN_SECONDS:.0f} s after {fault.name}")
    return examined


def too_quiet(timeline: Timeline, faults: list[Fault]) -> list[str]:
    """Return the faults during which too few messages were sent for a judgement."""
    sent_at, ended_at = sorted(timeline.sent_at), sorted(timeline.ended_at)
    reasons = []
    for fault in faults:
        if fault.name.startswith(OBSERVER_STALLED):
            continue
        sends = bisect_right(sent_at, fault.healed_at) - bisect_left(ended_at, fault.began_at)
        if sends < SENDS_DURING_A_FAULT:
            reasons.append(f"only {sends} sends during {fault.name}")
    return reasons


def percentile(values: "array[float]", *, share: float) -> float:
    """Return the value that this share of all values stays at or below."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
