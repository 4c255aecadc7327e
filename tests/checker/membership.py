"""Invariants about who may see what: members see everything, from the ack of their joining on; others see nothing."""

from bisect import bisect_left
from collections import defaultdict
from typing import NamedTuple

from tests.checker.examined import Examined
from tests.checker.room import RoomHistory

FOREVER = 2**62
JOINS = ("member.joined",)
LEAVES = ("member.left", "member.kicked", "member.banned")


class Stay(NamedTuple):
    """One time in a room, from the seq of the join to that of the leave, both included."""

    first: int
    last: int


def memberships(room: RoomHistory) -> dict[str, list[Stay]]:
    """Fold the membership events that anybody saw into each person's stays."""
    stays: dict[str, list[Stay]] = defaultdict(list)
    for seq, event in sorted(room.membership.items()):
        for member in event.members:
            stays[member].append(Stay(seq, FOREVER))
        if event.subject is not None:
            there = bool(stays[event.subject]) and stays[event.subject][-1].last == FOREVER
            if event.type in JOINS and not there:
                stays[event.subject].append(Stay(seq, FOREVER))
            if event.type in LEAVES and there:
                stays[event.subject][-1] = Stay(stays[event.subject][-1].first, seq)
    return dict(stays)


def is_inside(seq: int, stays: list[Stay]) -> bool:
    return any(stay.first <= seq <= stay.last for stay in stays)


def read_your_writes(room: RoomHistory) -> Examined:
    """C9: a read that a person asks for after an ack of theirs has that message."""
    acks: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for (user, _), send in room.sends.items():
        if send.acked_at is not None and send.acked_seq is not None:
            acks[user].append((send.acked_at, send.acked_seq))
    highest_after = {user: rising(sorted(own)) for user, own in acks.items()}
    examined = Examined()
    for read in room.reads:
        own = highest_after.get(read.user, [])
        before = bisect_left(own, (read.at, 0))
        if before:
            examined.count += 1
            if own[before - 1][1] > read.head:
                examined.wrong.append(f"{read.client} read up to {read.head} after an ack of seq {own[before - 1][1]}")
    return examined


def rising(acks: list[tuple[float, int]]) -> list[tuple[float, int]]:
    """Replace each seq by the highest up to its time."""
    highest = 0
    result = []
    for at, seq in acks:
        highest = max(highest, seq)
        result.append((at, highest))
    return result


def members_only(room: RoomHistory) -> Examined:
    """C10: nothing comes live from outside one's stay, and nothing from before it where the room hides its past."""
    examined = Examined()
    if not room.membership:
        examined.unknown = "nobody saw who is in the room"
        return examined
    stays = memberships(room)
    for connection, stream in room.streams.items():
        for seq in stream.steps:
            if seq > 0:
                examined.count += 1
                if not is_inside(seq, stays.get(stream.user, [])):
                    examined.wrong.append(f"{connection} of {stream.user} was handed seq {seq}, outside every stay")
    for user, seqs in room.fetched.items():
        own = stays.get(user, [])
        for seq in seqs:
            examined.count += 1
            if not own or seq > own[-1].last or (room.history_rules == {"joined"} and seq < own[0].first):
                examined.wrong.append(f"{user} was given seq {seq}, which is not theirs to read")
    return examined
