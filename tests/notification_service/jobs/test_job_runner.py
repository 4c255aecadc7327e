"""Every alert that is owed reaches its people, whatever fails, repeats or dies on the way; and none is told twice."""

import asyncio
from pathlib import Path

import pytest

from chatflow.bus.redis import RedisBus
from chatflow.jobs.log_queue import JOBS_OF_A_ROOM
from chatflow.wire.bus import SIGNALS_CHANNEL
from chatflow.wire.outbox import Job
from notification_service.deciding.notices import IN_APP, Notice, burst_id
from notification_service.deciding.preferences import Kinds, Levels, Preferences
from notification_service.jobs.batch_attempts import TRIES_TOGETHER
from notification_service.jobs.portions import PEOPLE_AT_MOST
from notification_service.metrics import JOBS_FAILED
from notification_service.stores.database import Database
from tests.chatflow.conditions import until
from tests.notification_service.conftest import Sockets
from tests.notification_service.jobs.taker import WITHIN_SECONDS, Taker, inbox_of
from tests.notification_service.message_service_edge import MessageServiceEdge, details_about, recipient
from tests.servers import open_valkey


async def test_people_are_told_and_the_log_owes_nothing_more(
    taker: Taker, edge: MessageServiceEdge, sockets: Sockets
) -> None:
    edge.store(details_about(Job("room", 1), recipient("bob"), recipient("carol", level="none")))

    await taker.take_one()

    await until(lambda: len(sockets.told) == 1)
    [signal] = sockets.told
    assert (signal.user_id, signal.name) == ("bob", "notice")
    assert signal.payload == {
        "kind": "mention",
        "room_id": "room",
        "seq": 1,
        "id": signal.payload["id"],
        "at": "2026-11-20T10:00:00.000Z",
        "actor": "alice",
        "burst": signal.payload["burst"],
    }
    assert await inbox_of(taker) == [1]
    assert await inbox_of(taker, "carol") == []
    assert not edge.owed


async def test_a_whole_batch_is_asked_for_in_one_call(taker: Taker, edge: MessageServiceEdge) -> None:
    jobs = edge.store(*(details_about(Job(f"room {seq}", seq), recipient()) for seq in range(1, 41)))

    await taker.take_one()

    assert edge.asked_for == [jobs]
    assert sorted(await inbox_of(taker)) == [job.seq for job in jobs]


async def test_rooms_take_turns_so_that_a_flood_in_one_delays_no_other(taker: Taker, edge: MessageServiceEdge) -> None:
    flood = edge.store(*(details_about(Job("flood", seq), recipient("bob")) for seq in range(300)))
    [alone] = edge.store(details_about(Job("quiet", 1), recipient("bob")))
    batch = await taker.source.take()
    assert list(batch.jobs) == [flood[0], alone, *flood[1:JOBS_OF_A_ROOM]]
    await taker.do(batch)
    assert list((await taker.source.take()).jobs) == flood[JOBS_OF_A_ROOM : 2 * JOBS_OF_A_ROOM]


async def test_a_job_that_comes_again_is_told_once(taker: Taker, edge: MessageServiceEdge, sockets: Sockets) -> None:
    details = details_about(Job("room", 1), recipient())
    edge.store(details)
    await taker.take_one()

    edge.store(details)
    await taker.take_one()
    edge.store(details_about(Job("room", 2), recipient()))
    await taker.take_one()

    await until(lambda: len(sockets.told) >= 2)
    assert [signal.payload["seq"] for signal in sockets.told] == [1, 2]
    assert sorted(await inbox_of(taker)) == [1, 2]


async def test_each_notice_of_a_burst_is_told_and_says_which_it_belongs_to_also_when_it_comes_again(
    taker: Taker, edge: MessageServiceEdge, sockets: Sockets
) -> None:
    late = {"type": "message.created", "actor": "alice", "at": "2026-11-20T10:01:00.000Z", "message": {"id": "m4"}}
    people = (recipient("bob"), recipient("carol"))
    edge.store(
        *(details_about(Job("room", seq), *people) for seq in (1, 2, 3)),
        details_about(Job("room", 4), *people, event=late),
        details_about(Job("other", 1), *people),
    )
    await taker.take_one()

    await until(lambda: len(sockets.told) == 10)
    bursts = {(one.user_id, one.payload["room_id"], one.payload["seq"]): one.payload["burst"] for one in sockets.told}
    of_bob = {seq: bursts["bob", "room", seq] for seq in (1, 2, 3, 4)}
    assert len(set(sockets.ids())) == 10
    assert of_bob[1] == of_bob[2] == of_bob[3] != of_bob[4]
    # Three in the rooms of each of the two people.
    assert len(set(bursts.values())) == 6
    assert sorted(await inbox_of(taker)) == [1, 1, 2, 3, 4]
    assert burst_id(notice_at("2026-11-20T10:00:59.999Z")) == of_bob[1]


def notice_at(at: str) -> Notice:
    return Notice(id="", user_id="bob", room_id="room", seq=9, channel=IN_APP, kind="mention", actor="alice", at=at)


async def test_a_job_about_nothing_is_done(taker: Taker, edge: MessageServiceEdge) -> None:
    edge.store(details_about(Job("room", 1)))
    edge.owed[Job("unknown room", 5)] = None

    await taker.take_one()

    assert not edge.owed


async def test_what_a_person_turned_off_is_kept_from_them(
    taker: Taker, edge: MessageServiceEdge, sockets: Sockets
) -> None:
    without_mentions = Preferences(levels=Levels(in_app=Kinds(mention=False)))
    await taker.preferences.change("bob", lambda _: without_mentions, now="2026-11-28T10:00:00.000+00:00")
    edge.store(details_about(Job("room", 1), recipient("bob"), recipient("carol")))

    await taker.take_one()

    await until(lambda: bool(sockets.told))
    assert [signal.user_id for signal in sockets.told] == ["carol"]


async def test_an_outage_of_the_log_is_waited_out(taker: Taker, edge: MessageServiceEdge, sockets: Sockets) -> None:
    edge.store(details_about(Job("room", 1), recipient()))
    batch = await taker.source.take()
    await edge.stop()
    doing_it = asyncio.create_task(taker.do(batch))
    await until(lambda: not taker.client._breaker.admits())
    assert not doing_it.done()

    await edge.start()

    async with asyncio.timeout(WITHIN_SECONDS):
        await doing_it
    await until(lambda: len(sockets.told) == 1)
    assert not edge.owed


async def test_an_outage_of_the_bus_is_waited_out(database: Database, edge: MessageServiceEdge, tmp_path: Path) -> None:
    sockets = Sockets()
    with open_valkey(tmp_path / "valkey") as valkey:
        bus = RedisBus(valkey.url, on_gap=lambda: None)
        await bus.start()
        taker = Taker(database, bus, edge)
        edge.store(details_about(Job("room", 1), recipient()))
        batch = await taker.source.take()
        valkey.kill()
        await until(lambda: not bus.connected)
        doing_it = asyncio.create_task(taker.do(batch))
        await until(lambda: bool(taker.notifier.grown))  # recorded
        assert edge.owed

        await bus.subscribe(SIGNALS_CHANNEL, sockets.receive)
        valkey.start()

        async with asyncio.timeout(WITHIN_SECONDS):
            await doing_it
        await until(lambda: len(sockets.told) == 1)
        await bus.close()
        await taker.client.close()


async def test_leaving_waits_for_the_batch_under_way_and_begins_no_other(
    taker: Taker, edge: MessageServiceEdge
) -> None:
    edge.may_tell_details.clear()
    edge.store(details_about(Job("room", 1), recipient()))
    running = asyncio.create_task(taker.runner.run())
    await edge.is_asked_for_details.wait()
    leaving = asyncio.create_task(taker.runner.finish())
    await asyncio.wait([leaving], timeout=0.05)
    assert not leaving.done()

    edge.may_tell_details.set()
    async with asyncio.timeout(WITHIN_SECONDS):
        await leaving
        await running

    assert await inbox_of(taker) == [1]
    assert not edge.owed


async def test_a_poison_job_is_put_aside_and_the_others_of_its_batch_are_told(
    taker: Taker, edge: MessageServiceEdge, sockets: Sockets
) -> None:
    poison, *_ = edge.store(*(details_about(Job("room", seq), recipient()) for seq in range(1, 5)))
    edge.poison[poison] = "internal"

    await taker.take_one()

    await until(lambda: len(sockets.told) == 3)
    assert sorted(await inbox_of(taker)) == [2, 3, 4]
    assert list(edge.owed) == [poison]
    edge.store(details_about(Job("room", 5), recipient()))
    assert (await taker.source.take()).jobs == (Job("room", 5),)


async def test_an_outage_while_a_culprit_is_looked_for_makes_no_culprit(
    taker: Taker, edge: MessageServiceEdge, sockets: Sockets
) -> None:
    poison, late, _ = edge.store(*(details_about(Job("room", seq), recipient()) for seq in (1, 2, 3)))
    edge.poison |= {poison: "internal", late: "unavailable"}
    taking = asyncio.create_task(taker.take_one())
    await until(lambda: [late] in edge.asked_for)

    del edge.poison[late]

    await taking
    await until(lambda: len(sockets.told) == 2)
    assert sorted(await inbox_of(taker)) == [2, 3]
    assert list(edge.owed) == [poison]


async def test_an_error_that_passes_counts_against_no_job_also_after_outages(
    taker: Taker, edge: MessageServiceEdge, sockets: Sockets
) -> None:
    edge.store(details_about(Job("room", 1), recipient()))
    edge.passing_errors = [*["unavailable"] * TRIES_TOGETHER, *["internal"] * (TRIES_TOGETHER - 1)]
    before = JOBS_FAILED._value.get()

    await taker.take_one()

    await until(lambda: len(sockets.told) == 1)
    assert JOBS_FAILED._value.get() == before
    assert not edge.owed


async def test_a_job_whose_details_make_no_sense_is_put_aside(taker: Taker, edge: MessageServiceEdge) -> None:
    broken, _ = edge.store(
        details_about(Job("room", 1), recipient(), event={"type": "message.created"}),
        details_about(Job("room", 2), recipient()),
    )

    await taker.take_one()

    assert await inbox_of(taker) == [2]
    assert list(edge.owed) == [broken]


async def test_a_large_room_is_told_in_portions(taker: Taker, edge: MessageServiceEdge, sockets: Sockets) -> None:
    people = [f"person-{number:05}" for number in range(2 * PEOPLE_AT_MOST + 100)]
    edge.store(
        *(details_about(Job("room", seq), *map(recipient, people)) for seq in (1, 2)), details_about(Job("room", 3))
    )

    await taker.take_one()

    await until(lambda: len(sockets.told) == 2 * len(people))
    assert len(set(sockets.ids())) == 2 * len(people)
    assert {ask.people_at_most for ask in edge.requests} == {PEOPLE_AT_MOST}
    assert 5 <= len(edge.requests) <= 7
    assert not edge.owed


@pytest.mark.parametrize("code", ["timeout", "unavailable"])
async def test_a_portion_that_takes_too_long_is_halved_until_it_does_not(
    taker: Taker, edge: MessageServiceEdge, sockets: Sockets, code: str
) -> None:
    edge.people_in_time, edge.late_code = 300, code
    people = [f"person-{number:05}" for number in range(700)]
    edge.store(details_about(Job("room", 1), *map(recipient, people)))

    await taker.take_one()

    await until(lambda: len(sockets.told) == len(people))
    assert len(set(sockets.ids())) == len(people)
    assert not edge.owed


async def test_a_notice_that_the_database_refuses_is_put_aside_and_is_no_outage(
    taker: Taker, edge: MessageServiceEdge, sockets: Sockets
) -> None:
    nobody = {"type": "message.created", "actor": None, "at": "2026-11-20T10:00:00.000Z"}
    poison, *_ = edge.store(
        details_about(Job("room", 1), recipient(), event=nobody),
        *(details_about(Job("room", seq), recipient()) for seq in (2, 3)),
    )
    before = JOBS_FAILED._value.get()

    await taker.take_one()

    await until(lambda: len(sockets.told) == 2)
    assert list(edge.owed) == [poison]
    assert JOBS_FAILED._value.get() == before + 1
