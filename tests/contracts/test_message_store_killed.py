"""Killed behind any single write, the store on MongoDB has lost nothing, doubled nothing, and finishes by itself.

The store talks to its server through a proxy that dies behind the n-th write of one append, for every n there is. What
another store on the same database then tells is compared with what SQLite tells, which wrote it all at once.
"""

from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from chatflow.errors import TimedOut, Unavailable
from chatflow.ids import new_id
from chatflow.protocol import events
from chatflow.protocol.objects import Mentions, Preview
from chatflow.wire.log import Check, Entry, Known, LoadRoom, Run, Step
from chatflow.wire.outbox import ALERTS, Job
from message_service.stores.opening import open_store
from message_service.stores.port import MessageStore, Span
from tests.contracts.message_store_log import RoomLog, in_time, message_of
from tests.contracts.message_store_profiles import fresh_database, opened
from tests.contracts.mongodb_cut import open_cut
from tests.servers import Server

# What the killed append takes; each is a command to the server, which may change several documents.
WRITES = 11
# A consumer of the outbox besides alerts.
OTHERS = "others"


class Story(NamedTuple):
    """Runs that are there before, the append that is killed, and one that somebody else writes behind it."""

    before: list[Run]
    killed: list[Run]
    behind: list[Run]
    people: list[str]


@pytest.fixture
def story() -> Story:
    """Two rooms in which the killed append does everything that there is to do."""
    alice, bob, carol, dave = people = [new_id() for _ in range(4)]
    # The story is only prepared here; several stores are going to tell it.
    nowhere: Any = None
    one, other = RoomLog(nowhere, owner=alice), RoomLog(nowhere, owner=bob)
    first, old = one.creation(bob, dave), one.message(alice, "old")
    called = one.message(bob, "<@all>", mentions=Mentions(all=True))
    invited, revoked = new_id(), new_id()
    put = one.about(events.ReactionAdded, alice, message_of(old), emoji="-1")
    open_door = events.InviteCreated(**one.common(alice), invite_id=revoked, role="member")
    before = [
        one.run(first, old, called, put, one.entry(open_door, secret_hash="r")),
        other.run(other.creation(alice, kind="direct", name=None)),
    ]
    new = one.message(alice, "<@bob> new", mentions=Mentions(users=[bob]), owed=True, owed_to=[OTHERS])
    entries: list[Entry] = [
        new,
        one.edit(message_of(old), "edited", mentions=Mentions(users=[bob])),
        one.edit(message_of(new), "changed", mentions=Mentions(users=[dave])),
        one.about(events.ReactionAdded, bob, message_of(old), emoji="+1"),
        one.about(events.ReactionRemoved, alice, message_of(old), emoji="-1"),
        one.about(events.ReactionAdded, dave, message_of(new), emoji="+1"),
        one.about(events.ReactionRemoved, dave, message_of(new), emoji="+1"),
        one.entry(events.InviteCreated(**one.common(alice), invite_id=invited, role="member", uses=2), secret_hash="h"),
        one.entry(events.InviteRevoked(**one.common(alice), invite_id=revoked)),
        one.about(events.MessagePinned, alice, message_of(old)),
        one.about(events.PreviewAdded, "system", message_of(new), preview=Preview("https://a.example", "A")),
        one.joining(carol, invite_id=invited),
        one.message(carol, "hi", thread=message_of(old).id),
        one.of_member(events.MemberMuted, bob, until="2030-01-01T00:00:00.000Z"),
        one.of_member(events.MemberLeft, dave, actor=dave),
        one.about(events.MessageDeleted, alice, message_of(called)),
        one.update(topic="new topic"),
    ]
    killed = [
        one.run(*entries),
        other.run(other.message(alice, "1", owed=True), other.message(bob, "2", owed_to=[OTHERS])),
    ]
    behind = [
        one.of_member(events.MemberMuted, bob, until=None),
        one.joining(dave, invite_id=invited),
        one.edit(message_of(old), "edited again"),
        one.about(events.ReactionRemoved, bob, message_of(old), emoji="+1"),
        one.about(events.MessageUnpinned, alice, message_of(old)),
        one.update(topic="newer topic"),
    ]
    return Story(before, killed, [one.run(*behind)], people)


@pytest.fixture
def database_url(mongodb_server: Server) -> str:
    return fresh_database(mongodb_server)


@pytest.fixture
def undisturbed(tmp_path: Path) -> Iterator[MessageStore]:
    """A store in which nobody is ever killed."""
    with opened(f"sqlite:///{tmp_path}/messages.db") as store:
        yield store


def write(store: MessageStore, runs: list[Run]) -> None:
    results = store.append(runs, deadline=in_time())
    assert [(result.applied, result.stopped_by) for result in results] == [(len(run.steps), None) for run in runs]


def write_all(store: MessageStore, *appends: list[Run]) -> None:
    for runs in appends:
        write(store, runs)


def everything(store: MessageStore, story: Story) -> dict[str, Any]:
    """Return all that a store tells, in an order that does not depend on it."""
    rooms = [run.room_id for run in story.before]
    ids = [step.entry.id for run in [*story.before, *story.killed] for step in run.steps if step.entry]
    tried = {
        room_id: [
            Check(actor=step.entry.event.actor, op=step.entry.op)
            for run in [*story.before, *story.killed]
            for step in run.steps
            if step.entry and run.room_id == room_id
        ]
        for room_id in rooms
    }
    reactors = [(message_id, person) for message_id in ids for person in story.people]
    loaded = store.load([LoadRoom(room_id=room_id, message_ids=ids, reactors=reactors) for room_id in rooms])
    return {
        "heads": [(room.head, room.n) for room in loaded],
        "rooms": [room.snapshot.room for room in loaded if room.snapshot],
        "members": [sorted(room.snapshot.members, key=lambda one: one.user_id) for room in loaded if room.snapshot],
        "pins": [room.snapshot.pins for room in loaded if room.snapshot],
        "invites": [room.snapshot.invites for room in loaded if room.snapshot],
        "facts": [sorted(room.messages, key=lambda one: one.seq) for room in loaded],
        "events": store.events(dict.fromkeys(rooms, 0), limit=100, tail=False),
        "history": [store.messages(room_id, Span(limit=100), viewer=story.people[1]) for room_id in rooms],
        "owed": {consumer: owed(store, consumer) for consumer in (ALERTS, OTHERS)},
        "rows": [sorted(person.rows, key=lambda row: row.room.id) for person in store.people(story.people, limit=10)],
        # Last, as it goes the way of an append.
        "known": [
            first_result(store, room.room_id, room.head, check) for room in loaded for check in tried[room.room_id]
        ],
    }


def owed(store: MessageStore, consumer: str) -> list[tuple[str, int]]:
    jobs = store.owed(limit=1000, until=in_time(), partitions=None, consumer=consumer)
    return sorted((job.room_id, job.seq) for job in jobs)


def first_result(store: MessageStore, room_id: str, head: int, check: Check) -> Known | None:
    run = Run(room_id=room_id, expected_head=head, steps=[Step(None, check)])
    [result] = store.append([run], deadline=in_time())
    assert (result.applied, result.stopped_by) in ((1, None), (0, "op"))
    return result.known


@pytest.mark.parametrize("writes", range(WRITES + 1))
def test_a_replay_after_a_kill_behind_any_write_ends_where_an_undisturbed_append_does(
    writes: int, story: Story, undisturbed: MessageStore, database_url: str
) -> None:
    kill_behind(writes, database_url, story)

    with opened(database_url) as heir:
        write_all(heir, story.killed, story.behind)
        write_all(undisturbed, story.before, story.killed, story.behind)

        assert everything(heir, story) == everything(undisturbed, story)


@pytest.mark.parametrize("writes", range(WRITES + 1))
def test_a_reader_after_a_kill_behind_any_write_finds_the_log_whole_and_folded(
    writes: int, story: Story, undisturbed: MessageStore, database_url: str
) -> None:
    kill_behind(writes, database_url, story)

    with opened(database_url) as reader:
        found = everything(reader, story)
        write(undisturbed, story.before)
        # Whatever the log has of each room's run is what it is to be folded to.
        write(undisturbed, [prefix(run, head) for run, (head, _) in zip(story.killed, found["heads"], strict=True)])

        assert found == everything(undisturbed, story)


@pytest.mark.parametrize("number", range(1, WRITES + 1))
def test_a_store_that_was_stopped_before_any_write_and_goes_on_later_spoils_nothing(
    number: int, story: Story, undisturbed: MessageStore, database_url: str
) -> None:
    """Another one took it for dead, finished its append, and wrote on."""
    with opened(database_url) as heir, open_cut(database_url, after=None) as cut:
        write(heir, story.before)
        cut.pauses[number] = lambda: write_all(heir, story.killed, story.behind)
        with closing(open_store(cut.url)) as zombie:
            write(zombie, story.killed)
        write_all(undisturbed, story.before, story.killed, story.behind)

        assert everything(heir, story) == everything(undisturbed, story)


def test_the_kills_are_as_many_as_the_appends_writes(story: Story, database_url: str) -> None:
    assert kill_behind(None, database_url, story) == WRITES


def kill_behind(writes: int | None, url: str, story: Story) -> int:
    """Append through a proxy that dies behind so many writes; return how many there were."""
    with opened(url) as store:
        write(store, story.before)
    with open_cut(url, after=writes) as cut, closing(open_store(cut.url)) as victim:
        try:
            write(victim, story.killed)
        except TimedOut:
            assert cut.is_dead
        return cut.writes


# What clearing takes where one of the two is the last consumer that is owed an event, and the other is not.
CLEARING_WRITES = 3


@pytest.mark.parametrize("writes", range(CLEARING_WRITES + 1))
def test_who_dies_while_it_clears_takes_nothing_from_others_and_can_clear_again(writes: int, database_url: str) -> None:
    with opened(database_url) as heir:
        room = RoomLog(heir, owner=new_id())
        room.begin()
        both = room.message(room.owner, "1", owed=True, owed_to=[OTHERS])
        room.write(both, room.message(room.owner, "2", owed=True), room.message(room.owner, "3", owed_to=[OTHERS]))
        jobs = [Job(room.room_id, seq) for seq in (2, 3, 4)]
        with open_cut(database_url, after=writes) as cut, closing(open_store(cut.url)) as victim:
            with suppress(TimedOut, Unavailable):
                victim.clear_owed(jobs)
            assert cut.writes == writes

        assert owed(heir, OTHERS) == [(room.room_id, 2), (room.room_id, 4)]
        heir.clear_owed(jobs)
        assert owed(heir, ALERTS) == []
        assert owed(heir, OTHERS) == [(room.room_id, 2), (room.room_id, 4)]
        heir.clear_owed(jobs, consumer=OTHERS)
        assert owed(heir, OTHERS) == []


def prefix(run: Run, head: int) -> Run:
    return Run(room_id=run.room_id, expected_head=run.expected_head, steps=run.steps[: head - run.expected_head])
