"""Invariants about which messages exist: none lost, none twice, none made up, all where the ack said."""

from collections.abc import Iterator

from tests.checker.examined import Examined
from tests.checker.membership import is_inside, memberships
from tests.checker.room import Attempt, Key, RoomHistory, Send, View

# Every command is answered within 10 s, so an attempt older than that can no longer make a message.
ATTEMPT_LIVES_SECONDS = 10.0


def no_lost_ack(room: RoomHistory) -> Examined:
    """C1: every acked message is in the final log, and was seen by every client that was there throughout."""
    acked = {key: send.acked_seq for key, send in room.sends.items() if send.acked_seq is not None}
    examined = Examined(len(acked))
    if acked and room.whole_head is None:
        examined.unknown = "the final log was not read"
    final = {key: seq for key, seq in room.seq_by_key if seq in room.final}
    if room.whole_head is not None:
        examined.wrong += [f"{key} was acked and is not in the final log" for key in acked if key not in final]
    stays = memberships(room)
    for client, view in room.views.items():
        if view.settled_at is not None:
            owed = [seq for seq in acked.values() if is_inside(seq, stays.get(view.user, []))]
            examined.wrong += [f"{client} never saw seq {seq}, which was acked" for seq in unseen(view, owed)]
    return examined


def unseen(view: View, seqs: list[int]) -> Iterator[int]:
    """Yield those of the seqs that the client should have applied by its own account and did not."""
    applied = set(step for step in view.steps if step > 0)
    skipped = skipped_ranges(view)
    for seq in seqs:
        if seq not in applied and not any(first <= seq <= last for first, last in skipped):
            yield seq


def skipped_ranges(view: View) -> list[tuple[int, int]]:
    """Return the seqs that the client was told to pass over: those before its start, and those of each reset."""
    ranges = []
    position = 0
    for step in view.steps:
        if step <= 0:
            ranges.append((position + 1, -step))
        position = abs(step)
    return ranges


def no_duplicate(room: RoomHistory) -> Examined:
    """C2: a message has one seq and a seq has one message with one body, whoever looks."""
    examined = Examined(len(room.content))
    examined.wrong += [
        f"at seq {seq} {client} saw {content}, another saw {room.content[seq]}"
        for seq, client, content in room.contradictions
    ]
    first_seq: dict[Key, int] = {}
    for key, seq in room.seq_by_key:
        if first_seq.setdefault(key, seq) != seq:
            examined.wrong.append(f"{key} stands at seq {first_seq[key]} and at seq {seq}")
    return examined


def no_phantom(room: RoomHistory) -> Examined:
    """C5: every message that anybody saw was sent with that body, and not finally rejected."""
    examined = Examined()
    for key, seq in room.seq_by_key:
        examined.count += 1
        send = room.sends.get(key)
        if send is None:
            examined.wrong.append(f"seq {seq} shows {key}, which nobody sent")
        elif room.content[seq].body not in (None, send.body):
            examined.wrong.append(f"seq {seq} shows {key} with a body that was not sent")
        elif is_rejected(send):
            examined.wrong.append(f"seq {seq} shows {key}, which was rejected")
    return examined


def is_rejected(send: Send) -> bool:
    """Tell whether the last word on a message is a rejection that no other attempt can still overturn."""
    if any(attempt.outcome == "ok" for attempt in send.attempts):
        return False
    rejections = [attempt for attempt in send.attempts if attempt.outcome == "fail"]
    if not rejections:
        return False
    last = max(rejections, key=lambda attempt: attempt.sent_at)
    return not any(may_still_land(attempt, last) for attempt in send.attempts)


def may_still_land(attempt: Attempt, rejection: Attempt) -> bool:
    """Tell whether an attempt without a known end could have made the message after the rejection."""
    return attempt.outcome == "info" and attempt.sent_at + ATTEMPT_LIVES_SECONDS > rejection.sent_at


def ack_agreement(room: RoomHistory) -> Examined:
    """C6: the seq in every ack of a message is the seq at which it is seen."""
    observed = dict(room.seq_by_key)
    examined = Examined()
    for key, send in room.sends.items():
        acked = {attempt.seq for attempt in send.attempts if attempt.outcome == "ok"}
        if acked and key in observed:
            examined.count += 1
            examined.wrong += [
                f"{key} was acked at seq {seq} and stands at seq {observed[key]}" for seq in acked - {observed[key]}
            ]
    return examined
