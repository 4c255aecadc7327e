"""The log as outbox: what is owed stays owed until it is cleared, and says whom it concerns."""

import time

import pytest

from chatflow.ids import new_id, partition_of
from chatflow.protocol import events
from chatflow.protocol.objects import Mentions, Notify, Reason
from chatflow.wire.outbox import ALERTS, AlertDetails, Audience, Job, Recipient
from chatflow.wire.reads import ReadMark
from message_service.stores.port import MessageStore
from tests.contracts.message_store_log import RoomLog, in_time

# A consumer that nobody is yet: a new one is only a name to the store.
OTHERS = "others"


def owed(
    store: MessageStore, *, limit: int = 100, partitions: list[int] | None = None, consumer: str = ALERTS
) -> list[Job]:
    return store.owed(limit=limit, until=time.time() + 1, partitions=partitions, consumer=consumer)


def details(room: RoomLog, seq: int) -> AlertDetails:
    [found] = room.store.alert_details([Job(room.room_id, seq)])
    return found


def reasons(room: RoomLog, seq: int) -> dict[str, str]:
    return {recipient.user_id: recipient.reason for recipient in details(room, seq).recipients}


def test_what_may_alert_is_owed_until_it_is_cleared(room: RoomLog, alice: str) -> None:
    room.write(room.message(alice, "1", owed=True), room.message(alice, "2"), room.message(alice, "3", owed=True))
    jobs = [Job(room.room_id, 2), Job(room.room_id, 4)]
    assert owed(room.store) == jobs

    room.store.clear_owed(jobs[:1])
    assert owed(room.store) == jobs[1:]

    room.store.clear_owed([*jobs, Job(new_id(), 1)])
    assert owed(room.store) == []


def test_each_consumer_is_owed_its_own_and_clears_nobody_elses(room: RoomLog, alice: str) -> None:
    room.write(
        room.message(alice, "1", owed=True, owed_to=[OTHERS]),
        room.message(alice, "2", owed_to=[OTHERS]),
        room.message(alice, "3", owed=True),
    )
    both, theirs, alerts = jobs = [Job(room.room_id, seq) for seq in (2, 3, 4)]
    assert owed(room.store) == [both, alerts]
    assert owed(room.store, consumer=OTHERS) == [both, theirs]

    room.store.clear_owed(jobs)
    assert owed(room.store) == []
    assert owed(room.store, consumer=OTHERS) == [both, theirs]

    room.store.clear_owed([both], consumer=OTHERS)
    assert owed(room.store, consumer=OTHERS) == [theirs]
    room.store.clear_owed(jobs, consumer=OTHERS)
    assert owed(room.store, consumer=OTHERS) == []


def test_a_consumer_knows_since_when_it_is_owed_its_oldest_event(room: RoomLog, alice: str) -> None:
    entries = [room.message(alice, text, owed=True, owed_to=[OTHERS]) for text in "123"]
    for moment, entry in enumerate(entries, start=1000):
        room.store.append([room.run(entry)], deadline=in_time(), now=float(moment))
    jobs = [Job(room.room_id, entry.event.seq) for entry in entries]

    room.store.clear_owed(jobs[:2])
    room.store.clear_owed(jobs[:1], consumer=OTHERS)

    assert (room.store.owed_since(ALERTS), room.store.owed_since(OTHERS)) == (1002.0, 1001.0)
    room.store.clear_owed(jobs)
    assert (room.store.owed_since(ALERTS), room.store.owed_since("nobody")) == (None, None)


def test_a_replay_owes_nothing_twice(room: RoomLog, alice: str) -> None:
    entry = room.message(alice, "1", owed=True)
    room.append(entry)
    room.store.clear_owed([Job(room.room_id, 2)])

    room.append(entry)

    assert owed(room.store) == []


def test_owed_is_narrowed_by_age_partition_and_number(store: MessageStore, alice: str) -> None:
    rooms = [RoomLog(store, owner=alice) for _ in range(3)]
    for room in rooms:
        room.begin()
        room.say(alice, "1", owed=True)

    assert owed(store) == [Job(room.room_id, 2) for room in rooms]
    assert owed(store, limit=2) == [Job(room.room_id, 2) for room in rooms[:2]]
    partition = partition_of(rooms[2].room_id)
    expected = [Job(room.room_id, 2) for room in rooms if partition_of(room.room_id) == partition]
    assert owed(store, partitions=[partition]) == expected
    assert owed(store, partitions=[]) == []
    assert store.owed(limit=10, until=time.time() - 60, partitions=None) == []


def test_the_people_named_are_told_of_a_mention(room: RoomLog, alice: str, bob: str, carol: str) -> None:
    stranger = new_id()
    message = room.say(alice, "<@bob>", mentions=Mentions(users=[bob, stranger, alice]))
    room.store.mark_read([ReadMark(bob, room.room_id, message.seq)])

    found = details(room, message.seq)

    assert found.recipients == [Recipient(user_id=bob, reason="mention", read_seq=message.seq, notify=Notify())]
    assert (found.job, found.room_kind, found.room_name) == (Job(room.room_id, 2), "channel", "general")
    assert found.event is not None
    assert found.event["message"]["text"] == "<@bob>"


def test_everyone_who_was_there_is_told_of_a_call_to_all(room: RoomLog, alice: str, bob: str, carol: str) -> None:
    room.write(room.joining(carol))
    message = room.say(alice, "<@all>", mentions=Mentions(all=True))
    late = new_id()
    room.write(room.joining(late), room.of_member(events.MemberLeft, carol, actor=carol))

    assert reasons(room, message.seq) == {bob: "mention"}


def test_a_call_to_those_who_are_here_says_so_of_all_it_does_not_name(
    room: RoomLog, alice: str, bob: str, carol: str
) -> None:
    room.write(room.joining(carol))
    message = room.say(alice, "<@here> <@bob>", mentions=Mentions(users=[bob], here=True))

    told = {recipient.user_id: recipient.only_if_here for recipient in details(room, message.seq).recipients}
    assert told == {bob: False, carol: True}


def test_everyone_is_meant_by_a_call_in_a_direct_room(store: MessageStore, alice: str, bob: str) -> None:
    room = RoomLog(store, owner=alice)
    room.begin(bob, kind="direct", name=None)
    message = room.say(alice, "<@here>", mentions=Mentions(here=True))

    [called] = details(room, message.seq).recipients
    assert (called.reason, called.only_if_here) == ("mention", False)


def test_the_others_of_a_direct_room_are_told(store: MessageStore, alice: str, bob: str) -> None:
    room = RoomLog(store, owner=alice)
    room.begin(bob, kind="direct", name=None)
    message = room.say(alice, "hi")

    assert reasons(room, 1) == {}
    assert reasons(room, message.seq) == {bob: "direct"}


def test_authors_are_told_of_replies_and_participants_of_threads(
    room: RoomLog, alice: str, bob: str, carol: str
) -> None:
    room.write(room.joining(carol))
    root = room.say(alice, "root")
    first = room.say(bob, "in the thread", thread=root.id)
    reply = room.say(carol, "reply", thread=root.id, reply_to=first.id)
    outside = room.say(alice, "outside", reply_to=first.id)

    assert reasons(room, first.seq) == {alice: "thread"}
    assert reasons(room, reply.seq) == {alice: "thread", bob: "reply"}
    assert reasons(room, outside.seq) == {bob: "reply"}


def test_whoever_an_edit_names_anew_is_told(room: RoomLog, alice: str, bob: str, carol: str) -> None:
    room.write(room.joining(carol))
    message = room.say(alice, "<@bob>", mentions=Mentions(users=[bob]))
    room.write(room.edit(message, "<@bob> <@carol>", mentions=Mentions(users=[bob, carol])))

    assert reasons(room, 4) == {carol: "mention"}


def test_whoever_is_brought_in_by_another_is_invited(room: RoomLog, alice: str, bob: str, carol: str) -> None:
    room.write(room.joining(carol, actor=alice))

    assert reasons(room, 1) == {bob: "invitation"}
    assert reasons(room, 2) == {carol: "invitation"}


def test_what_was_deleted_meanwhile_has_no_event_to_tell(room: RoomLog, alice: str, bob: str) -> None:
    message = room.say(alice, "<@bob>", mentions=Mentions(users=[bob]))
    room.write(room.about(events.MessageDeleted, alice, message))

    assert details(room, message.seq).event is None


def test_jobs_that_name_no_event_are_left_out(room: RoomLog, store: MessageStore) -> None:
    assert store.alert_details([Job(room.room_id, 99), Job(new_id(), 1)]) == []


def test_an_edit_calls_nobody_to_a_message_from_before_they_came(
    store: MessageStore, alice: str, bob: str, carol: str
) -> None:
    for history, told in (("joined", {bob: "mention"}), ("all", {bob: "mention", carol: "mention"})):
        room = RoomLog(store, owner=alice)
        room.begin(bob, history=history)
        message = room.say(alice, "1")
        room.write(room.joining(carol), room.edit(message, "<@all>", mentions=Mentions(all=True), owed=True))
        assert reasons(room, room.head) == told


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 100])
def test_people_come_in_pages_that_leave_nobody_out_and_name_nobody_twice(
    room: RoomLog, alice: str, bob: str, carol: str, limit: int
) -> None:
    others = [new_id() for _ in range(6)]
    for user_id in [carol, *others]:
        room.write(room.joining(user_id))
    to_all = room.say(alice, "<@all>", mentions=Mentions(all=True))
    to_some = room.say(alice, "<@bob>", mentions=Mentions(users=[bob, carol, others[0]]))
    to_nobody = room.say(alice, "nobody")
    left = [Job(room.room_id, event.seq) for event in (to_all, to_some, to_nobody)]
    told: dict[int, list[str]] = {job.seq: [] for job in left}
    after, pages = "", 0

    while left:
        details = room.store.alert_details(left, after=after, limit=limit)
        assert sum(len(detail.recipients) for detail in details) <= limit
        for detail in details:
            told[detail.job.seq] += [recipient.user_id for recipient in detail.recipients]
        unfinished = [(detail.job, detail.next) for detail in details if detail.next is not None]
        left, after = [job for job, _ in unfinished], next((behind for _, behind in unfinished), "")
        pages += 1

    assert told == {
        to_all.seq: sorted([bob, carol, *others]),
        to_some.seq: sorted([bob, carol, others[0]]),
        to_nobody.seq: [],
    }
    assert (12 // limit) <= pages <= (13 // limit) + 3


def test_people_are_asked_for_in_one_page_where_nobody_names_a_bound(room: RoomLog, alice: str, bob: str) -> None:
    message = room.say(alice, "<@all>", mentions=Mentions(all=True))

    assert [detail.next for detail in room.store.alert_details([Job(room.room_id, message.seq)])] == [None]


def test_an_audience_is_asked_about_alone_and_may_be_concerned_otherwise(
    room: RoomLog, alice: str, bob: str, carol: str
) -> None:
    early = room.say(alice, "before carol came")
    room.write(room.joining(carol))
    seqs = [
        early.seq,
        room.say(alice, "plain").seq,
        room.say(alice, "<@bob>", mentions=Mentions(users=[bob])).seq,
        room.say(alice, "<@all>", mentions=Mentions(all=True)).seq,
        room.say(alice, "<@here>", mentions=Mentions(here=True)).seq,
    ]
    jobs = [Job(room.room_id, seq) for seq in seqs]

    def told(*user_ids: str, otherwise: Reason | None = None) -> list[dict[str, str]]:
        only = Audience(user_ids=list(user_ids), otherwise=otherwise)
        found = room.store.alert_details(jobs, only=only)
        return [{one.user_id: one.reason for one in detail.recipients} for detail in found]

    assert told(bob) == [{}, {}, {bob: "mention"}, {bob: "mention"}, {bob: "mention"}]
    assert told(carol, new_id()) == [{}, {}, {}, {carol: "mention"}, {carol: "mention"}]
    assert told(alice, bob, carol, otherwise="thread") == [
        {bob: "thread"},
        {bob: "thread", carol: "thread"},
        {bob: "mention", carol: "thread"},
        {bob: "mention", carol: "mention"},
        {bob: "mention", carol: "mention"},
    ]
