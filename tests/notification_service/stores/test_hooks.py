"""Webhooks on both databases: few for a room, each had by one process at a time, and paused with their notice."""

import asyncio
from typing import Any

import pytest

from chatflow.errors import Conflict, NotFound
from chatflow.ids import new_id
from notification_service.deciding.hooks import HOOKS_AT_MOST, WELL, Hook
from notification_service.deciding.notices import IN_APP, Notice
from notification_service.stores.database import Database
from notification_service.stores.hooks import Hooks
from notification_service.stores.models import StoredNotice

NOW, LATER, LATEST = (f"2026-11-20T{hour}:00:00.000Z" for hour in (12, 13, 14))


@pytest.fixture
def hooks(database: Database) -> Hooks:
    return Hooks(database)


def hook(**changes: Any) -> Hook:
    fields: dict[str, Any] = {
        "id": new_id(),
        "room_id": "room",
        "user_id": "alice",
        "url": "https://sink.example.com",
        "events": ("message.created", "room.updated"),
        "secret": "whsec_abc",
        "created_at": NOW,
        "seq": 0,
        "due_at": NOW,
    }
    return Hook(**fields | changes)


async def added(hooks: Hooks, **changes: Any) -> Hook:
    made = hook(**changes)
    await hooks.add(made)
    return made


async def claim(hooks: Hooks, *made: Hook, now: str = NOW, until: str = LATER, by: str = "one") -> list[Hook]:
    return await hooks.claim([one.id for one in made], now=now, leased_until=until, claim=by)


async def test_a_webhook_is_what_it_was_made(hooks: Hooks) -> None:
    made = await added(hooks)
    await added(hooks, room_id="other")

    assert await hooks.of_room("room") == [made]
    assert await hooks.access(made.id, room_id="room") == made
    with pytest.raises(NotFound):
        await hooks.access(made.id, room_id="other")
    await hooks.remove(made)
    assert await hooks.of_room("room") == []


async def test_a_room_has_ten_at_most_also_where_many_are_made_at_once(hooks: Hooks) -> None:
    databases = [Database() for _ in range(4)]

    made = await asyncio.gather(
        *(Hooks(databases[number % 4]).add(hook()) for number in range(16)), return_exceptions=True
    )

    refused = [one for one in made if one is not None]
    assert [type(one) for one in refused] == [Conflict] * (16 - HOOKS_AT_MOST)
    assert len(await hooks.of_room("room")) == HOOKS_AT_MOST == 10
    await hooks.add(hook(room_id="other"))
    for one in databases:
        await one.close()


async def test_what_one_process_has_no_other_gets_until_its_lease_ends(hooks: Hooks) -> None:
    made = await added(hooks)

    [first] = await claim(hooks, made, by="dies")
    assert await claim(hooks, made, by="other") == []
    assert await hooks.due(now=NOW, after=("", ""), limit=10) == []
    [second] = await claim(hooks, made, now=LATER, until=LATEST, by="other")

    # The one that was given up comes back too late, and changes nothing.
    assert not await hooks.advance(first, seq=7, delivered_at=NOW)
    assert not await hooks.release(first, due_at=NOW)
    assert not await hooks.fail(first, error="late", due_at=NOW, failing_since=NOW)
    assert not await hooks.pause(first, reason="gone")
    assert await hooks.access(made.id, room_id="room") == second
    assert await hooks.advance(second, seq=7, delivered_at=LATER)
    assert (await hooks.access(made.id, room_id="room")).seq == 7


async def test_processes_that_look_at_once_share_what_is_due(hooks: Hooks) -> None:
    made = [await added(hooks, room_id=f"room {number}") for number in range(20)]
    databases = [Database() for _ in range(4)]

    taken = await asyncio.gather(
        *(claim(Hooks(one), *made, by=f"process {number}") for number, one in enumerate(databases))
    )

    rest = await claim(hooks, *made, by="rest")
    ids = [one.id for some in (*taken, rest) for one in some]
    assert len(ids) == len(set(ids)) == 20
    for one in databases:
        await one.close()


async def test_whose_turn_is_oldest_comes_first_page_by_page(hooks: Hooks) -> None:
    late, early, *_ = [await added(hooks, id=name, due_at=due) for name, due in (("a", LATER), ("b", NOW), ("c", NOW))]
    await added(hooks, id="paused", state="paused")
    await added(hooks, id="to come", due_at=LATEST)

    first = await hooks.due(now=LATER, after=("", ""), limit=2)
    rest = await hooks.due(now=LATER, after=(first[-1].due_at, first[-1].id), limit=2)

    assert [one.id for one in first] == [early.id, "c"]
    assert [one.id for one in rest] == [late.id]


async def test_failures_are_counted_until_something_is_taken(hooks: Hooks) -> None:
    made = await added(hooks)
    for due_at in (NOW, LATER):
        [mine] = await claim(hooks, made)
        await hooks.fail(mine, error="HTTP 500", due_at=due_at, failing_since=NOW)

    failing = await hooks.access(made.id, room_id="room")
    assert (failing.failures, failing.failing_since, failing.error, failing.due_at) == (2, NOW, "HTTP 500", LATER)
    assert await claim(hooks, made) == []
    [mine] = await claim(hooks, made, now=LATER)
    # What it does not want says nothing of its address.
    await hooks.advance(mine, seq=3)
    assert (await hooks.access(made.id, room_id="room")).failures == 2
    await hooks.advance(mine, seq=4, delivered_at=LATER)
    await hooks.release(mine, due_at=LATER)

    well = await hooks.access(made.id, room_id="room")
    assert (well.failures, well.failing_since, well.error, well.seq, well.delivered_at) == (0, "", "", 4, LATER)


async def test_whoever_changes_one_takes_it_from_whoever_sends_for_it(hooks: Hooks) -> None:
    made = await added(hooks)
    [mine] = await claim(hooks, made)

    changed = await hooks.change(made, now=NOW, url="https://other.example.com", events=("member.left",))

    assert (changed.url, changed.events) == ("https://other.example.com", ("member.left",))
    assert not await hooks.advance(mine, seq=1, delivered_at=NOW)
    assert [one.id for one in await claim(hooks, made, by="two")] == [made.id]


async def test_a_pause_and_its_notice_are_recorded_together_or_not_at_all(hooks: Hooks, database: Database) -> None:
    made = await added(hooks)
    [mine] = await claim(hooks, made)
    notice = Notice(
        id="notice",
        user_id="alice",
        room_id="room",
        seq=3,
        channel=IN_APP,
        kind="webhook",
        actor="alice",
        at=NOW,
    )

    assert await hooks.pause(mine, reason="failing", error="HTTP 500", notice=notice)
    assert not await hooks.pause(mine, reason="failing", notice=notice)

    paused = await hooks.access(made.id, room_id="room")
    assert (paused.state, paused.reason, paused.error) == ("paused", "failing", "HTTP 500")
    assert await database.read(StoredNotice.objects.count) == 1
    assert await hooks.due(now=LATEST, after=("", ""), limit=10) == []
    resumed = await hooks.change(made, now=LATER, **WELL)
    assert (resumed.state, resumed.reason, resumed.error) == ("active", None, "")
    # A notice that cannot be recorded leaves it as it was.
    [mine] = await claim(hooks, made, now=LATER)
    with pytest.raises(Exception, match=r"(?i)unique"):
        await hooks.pause(mine, reason="failing", notice=notice)
    assert (await hooks.access(made.id, room_id="room")).state == "active"
