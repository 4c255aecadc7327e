"""Ways to falsify a correct history: each imitates one kind of broken server."""

import random
from collections.abc import Callable

import msgspec

from tests.checker.records import Alerted, Answered, Folded, Read, RoomRecord, Seen, Sent, Stamped, Whole

Mutation = Callable[[list[RoomRecord], random.Random], None]


def pick(records: list[RoomRecord], dice: random.Random, wanted: Callable[[RoomRecord], bool]) -> int:
    return dice.choice([index for index, record in enumerate(records) if wanted(record)])


def is_message(record: RoomRecord, source: str) -> bool:
    return isinstance(record, Seen) and record.type == "message.created" and record.source == source


def lose_an_acked_message(records: list[RoomRecord], dice: random.Random) -> None:
    at = pick(records, dice, lambda r: isinstance(r, Answered) and r.outcome == "ok")
    answer = records[at]
    assert isinstance(answer, Answered)
    records[:] = [r for r in records if not (isinstance(r, Seen) and r.cid == answer.cid and r.sender == answer.user)]


def keep_an_acked_message_from_one_client(records: list[RoomRecord], dice: random.Random) -> None:
    seen = records[pick(records, dice, lambda r: is_message(r, "live") and isinstance(r, Seen) and r.applied)]
    assert isinstance(seen, Seen)
    records[:] = [r for r in records if not (isinstance(r, Seen) and (r.client, r.seq) == (seen.client, seen.seq))]


def drop_a_delivery(records: list[RoomRecord], dice: random.Random) -> None:
    # Not the last of its connection: only what comes behind it shows the hole.
    def has_a_follower(index: int) -> bool:
        record = records[index]
        return (
            isinstance(record, Seen)
            and record.source == "live"
            and any(
                isinstance(r, Seen) and r.connection == record.connection and r.source == "live"
                for r in records[index + 1 :]
            )
        )

    del records[dice.choice([index for index in range(len(records)) if has_a_follower(index)])]


def deliver_twice(records: list[RoomRecord], dice: random.Random) -> None:
    at = pick(records, dice, lambda r: is_message(r, "live"))
    records.insert(at + 1, records[at])


def swap_two_deliveries(records: list[RoomRecord], dice: random.Random) -> None:
    by_connection: dict[str, list[int]] = {}
    for index, record in enumerate(records):
        if isinstance(record, Seen) and record.source == "live":
            by_connection.setdefault(record.connection, []).append(index)
    indexes = dice.choice([indexes for indexes in by_connection.values() if len(indexes) > 1])
    first = dice.randrange(len(indexes) - 1)
    one, other = indexes[first], indexes[first + 1]
    records[one], records[other] = records[other], records[one]


def store_a_message_twice(records: list[RoomRecord], dice: random.Random) -> None:
    whole = next(record for record in records if isinstance(record, Whole))
    seen = records[pick(records, dice, lambda r: is_message(r, "history"))]
    records.insert(records.index(whole), msgspec.structs.replace(seen, seq=whole.head + 1))


def show_another_body(records: list[RoomRecord], dice: random.Random) -> None:
    at = pick(records, dice, lambda r: is_message(r, "live"))
    records[at] = msgspec.structs.replace(records[at], body="something else")


def invent_a_message(records: list[RoomRecord], dice: random.Random) -> None:
    seen = records[pick(records, dice, lambda r: is_message(r, "history"))]
    assert isinstance(seen, Seen)
    for index, record in enumerate(records):
        if isinstance(record, Seen) and record.seq == seen.seq:
            records[index] = msgspec.structs.replace(record, cid="nobody sent this")


def show_a_rejected_message(records: list[RoomRecord], dice: random.Random) -> None:
    seen = records[pick(records, dice, lambda r: is_message(r, "history"))]
    assert isinstance(seen, Seen)
    for index, record in enumerate(records):
        if isinstance(record, Answered) and (record.user, record.cid) == (seen.sender, seen.cid):
            records[index] = msgspec.structs.replace(record, outcome="fail", seq=None)


def ack_a_wrong_seq(records: list[RoomRecord], dice: random.Random) -> None:
    at = pick(records, dice, lambda r: isinstance(r, Answered) and r.outcome == "ok")
    answer = records[at]
    assert isinstance(answer, Answered)
    records[at] = msgspec.structs.replace(answer, seq=(answer.seq or 0) + 1)


def exchange_two_seqs(records: list[RoomRecord], *, user_of_both: bool) -> None:
    """Let two messages change places wherever they are seen or acked; only the times show it."""
    sends = [record for record in records if isinstance(record, Sent) and record.attempt == 0]
    oks = {(r.user, r.cid): r for r in records if isinstance(r, Answered) and r.outcome == "ok" and not r.duplicate}
    first, second = next(
        (one, other)
        for one in sends
        for other in sends
        if (one.user == other.user and one.connection == other.connection) is user_of_both
        and (one.user, one.cid) in oks
        and (other.user, other.cid) in oks
        and oks[one.user, one.cid].at < other.at
    )
    there = {(s.user, s.cid): oks[o.user, o.cid].seq for s, o in ((first, second), (second, first))}
    for index, record in enumerate(records):
        if isinstance(record, Answered) and record.outcome == "ok" and (record.user, record.cid) in there:
            records[index] = msgspec.structs.replace(record, seq=there[record.user, record.cid])
    cid_at = {there[s.user, s.cid]: s for s in (first, second)}
    for index, record in enumerate(records):
        if isinstance(record, Seen) and record.seq in cid_at:
            sent = cid_at[record.seq]
            records[index] = msgspec.structs.replace(record, sender=sent.user, cid=sent.cid, body=sent.body)


def overtake_in_real_time(records: list[RoomRecord], dice: random.Random) -> None:
    exchange_two_seqs(records, user_of_both=False)


def overtake_ones_own_message(records: list[RoomRecord], dice: random.Random) -> None:
    exchange_two_seqs(records, user_of_both=True)


def read_the_past(records: list[RoomRecord], dice: random.Random) -> None:
    last = max(index for index, record in enumerate(records) if isinstance(record, Answered))
    answer = records[last]
    records.insert(last + 1, Read(at=answer.at + 0.0005, client="any", user=getattr(answer, "user", ""), head=1))


def deliver_after_a_leave(records: list[RoomRecord], dice: random.Random) -> None:
    """One person turns out to have left at the first message, and goes on to be served."""
    first = min(r.seq for r in records if isinstance(r, Seen) and r.type == "message.created")
    for index, record in enumerate(records):
        if isinstance(record, Seen) and record.seq == first:
            records[index] = msgspec.structs.replace(
                record, type="member.kicked", subject="user-1", cid=None, sender=None, body=None
            )


def hide_history_that_is_served(records: list[RoomRecord], dice: random.Random) -> None:
    """A newcomer of a room that hides its past is given it by sync."""
    join = Seen(
        at=0.0,
        client="user-0/phone",
        user="user-0",
        connection="user-0/phone#1",
        seq=10**6,
        type="member.joined",
        source="live",
        subject="stranger",
    )
    created = next(index for index, r in enumerate(records) if isinstance(r, Seen) and r.seq == 1)
    rule = msgspec.structs.replace(records[created], history_rule="joined")
    stolen = msgspec.structs.replace(records[created], client="stranger/phone", user="stranger", source="sync")
    records[created : created + 1] = [rule, join, stolen]


def fold_to_another_state(records: list[RoomRecord], dice: random.Random) -> None:
    at = pick(records, dice, lambda r: isinstance(r, Folded))
    fold = records[at]
    assert isinstance(fold, Folded)
    records[at] = msgspec.structs.replace(fold, folded={**fold.folded, "unread": 3})


def deliver_late(records: list[RoomRecord], dice: random.Random) -> None:
    live = {(r.client, r.seq): i for i, r in enumerate(records) if isinstance(r, Seen) and r.source == "live"}
    acked = {r.seq for r in records if isinstance(r, Answered) and r.outcome == "ok"}
    at = dice.choice([index for (_, seq), index in live.items() if seq in acked])
    records[at] = msgspec.structs.replace(records[at], at=records[at].at + 100)


def alert_nobody(records: list[RoomRecord], dice: random.Random) -> None:
    records[:] = [record for record in records if not isinstance(record, Alerted)]


def stamp_back(records: list[RoomRecord], dice: random.Random) -> None:
    mark_stamps(records, falls=[3])


def stamp_by_a_wrong_clock(records: list[RoomRecord], dice: random.Random) -> None:
    mark_stamps(records, wrong=[3])


def trim_what_is_fresh(records: list[RoomRecord], dice: random.Random) -> None:
    mark_stamps(records, trims=[3])


def mark_stamps(records: list[RoomRecord], **marks: list[int]) -> None:
    at = next(index for index, record in enumerate(records) if isinstance(record, Stamped))
    records[at] = msgspec.structs.replace(records[at], **marks)


MUTATIONS: list[tuple[Mutation, str]] = [
    (lose_an_acked_message, "C1"),
    (keep_an_acked_message_from_one_client, "C1"),
    (store_a_message_twice, "C2"),
    (show_another_body, "C2"),
    (deliver_twice, "C3"),
    (swap_two_deliveries, "C3"),
    (drop_a_delivery, "C4"),
    (swap_two_deliveries, "C4"),
    (invent_a_message, "C5"),
    (show_a_rejected_message, "C5"),
    (ack_a_wrong_seq, "C6"),
    (overtake_in_real_time, "C7"),
    (overtake_ones_own_message, "C8"),
    (read_the_past, "C9"),
    (deliver_after_a_leave, "C10"),
    (hide_history_that_is_served, "C10"),
    (deliver_late, "C11"),
    (fold_to_another_state, "C12"),
    (alert_nobody, "C13"),
    (stamp_back, "C15"),
    (stamp_by_a_wrong_clock, "C15"),
    (trim_what_is_fresh, "C15"),
]


def refused(record: RoomRecord) -> RoomRecord:
    return msgspec.structs.replace(record, outcome="not_tried") if isinstance(record, Answered) else record
