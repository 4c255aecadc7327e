"""Invariants about order: of what a client shows, of what a connection is handed, of time, and of each sender."""

import heapq
import math
from array import array
from collections import defaultdict
from collections.abc import Iterator

from tests.checker.examined import Examined
from tests.checker.membership import memberships
from tests.checker.room import Attempt, RoomHistory


def strict_order(room: RoomHistory) -> Examined:
    """C3: what a connection is handed live, and what a client applies, only ever rises."""
    examined = Examined()
    for connection, stream in room.streams.items():
        examine_rising(examined, f"live on {connection}", steps=stream.steps)
    for client, view in room.views.items():
        examine_rising(examined, f"applied by {client}", steps=view.steps)
    return examined


def examine_rising(examined: Examined, where: str, *, steps: "array[int]") -> None:
    """Admission may go back, because a new admission counts anew; an event may not."""
    position = 0
    for step in steps:
        if step > 0:
            examined.count += 1
            if step <= position:
                examined.wrong.append(f"{where}: seq {step} after {position}")
        position = abs(step)


def no_gap(room: RoomHistory) -> Examined:
    """C4: both streams run without a hole from where they start, unless the client was told to reset."""
    examined = Examined()
    for connection, stream in room.streams.items():
        examine_contiguous(examined, f"live on {connection}", steps=stream.steps)
    for client, view in room.views.items():
        examine_contiguous(examined, f"applied by {client}", steps=view.steps)
        if view.settled_at is not None and room.whole_head is not None:
            examined.count += 1
            reached = abs(view.steps[-1]) if view.steps else 0
            if reached < last_seq_for(room, view.user):
                examined.wrong.append(f"{client} ended at {reached}, before the head of its membership")
    return examined


def examine_contiguous(examined: Examined, where: str, *, steps: "array[int]") -> None:
    position: int | None = None
    for step in steps:
        if step > 0:
            examined.count += 1
            if position is None:
                examined.wrong.append(f"{where}: seq {step} without having been told where to start")
            elif step > position + 1:
                examined.wrong.append(f"{where}: seq {step} straight after {position}")
        position = abs(step)


def last_seq_for(room: RoomHistory, user: str) -> int:
    """Return the last seq that this person is owed: the end of their membership, or the head."""
    stays = memberships(room).get(user, [])
    head = room.whole_head or 0
    return min(stays[-1].last, head) if stays else head


def real_time(room: RoomHistory) -> Examined:
    """C7: a message acked before another was first sent has the lower seq."""
    observed = dict(room.seq_by_key)
    sent = sorted(
        (send.attempts[0].sent_at, observed.get(key, send.acked_seq), key)
        for key, send in room.sends.items()
        if key in observed or send.acked_seq is not None
    )
    acked = sorted(
        (send.acked_at, send.acked_seq, key)
        for key, send in room.sends.items()
        if send.acked_at is not None and send.acked_seq is not None
    )
    examined = Examined(len(sent))
    highest, holder, next_ack = 0, ("", ""), 0
    for sent_at, seq, key in sent:
        while next_ack < len(acked) and acked[next_ack][0] < sent_at:
            highest, holder = max((highest, holder), (acked[next_ack][1], acked[next_ack][2]))
            next_ack += 1
        if seq is not None and seq < highest:
            examined.wrong.append(f"{key} was sent after {holder} was acked at {highest}, yet has seq {seq}")
    return examined


def sender_order(room: RoomHistory) -> Examined:
    """C8: what a connection sends keeps its order; what overtakes a message that had to be retried must have failed."""
    observed = dict(room.seq_by_key)
    lanes: dict[str, list[tuple[float, int, Attempt]]] = defaultdict(list)
    for key, send in room.sends.items():
        seq = observed.get(key, send.acked_seq)
        if seq is not None:
            for attempt in send.attempts:
                lanes[attempt.connection].append((attempt.sent_at, seq, attempt))
    examined = Examined()
    for connection, lane in lanes.items():
        lane.sort(key=lambda item: item[0])
        examined.count += len(lane)
        examined.wrong += [f"{connection} sent seq {seq} behind seq {ahead}" for seq, ahead in overtakings(lane)]
    return examined


def overtakings(lane: list[tuple[float, int, Attempt]]) -> Iterator[tuple[int, int]]:
    """Yield each seq that was made although something before it in the lane, made or still open, has a higher one."""
    made = 0
    # Highest seq first, with the time at which the attempt at it ended without making it.
    still_open: list[tuple[int, float]] = []
    for sent_at, seq, attempt in lane:
        while still_open and still_open[0][1] <= sent_at:
            heapq.heappop(still_open)
        ahead = max(made, -still_open[0][0] if still_open else 0)
        if attempt.outcome == "ok" and not attempt.duplicate and seq < ahead:
            yield seq, ahead
        if attempt.outcome == "ok":
            made = max(made, seq)
        elif attempt.outcome != "fail":  # a rejection was final; trying again later was another decision
            heapq.heappush(still_open, (-seq, math.inf if attempt.answered_at is None else attempt.answered_at))
