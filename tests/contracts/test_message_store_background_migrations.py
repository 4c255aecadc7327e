"""Migrations in the background: the store is in use while they run, and they go on where they were stopped."""

import importlib
import itertools
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from chatflow.ids import new_id
from chatflow.protocol import events
from chatflow.protocol.objects import Reaction
from message_service.stores import migrating
from tests.contracts.first_store import ALICE, BOB, CAROL, CROWD, ROOM, finish, loaded, messages, reactors
from tests.contracts.message_store_log import RoomLog
from tests.contracts.message_store_profiles import opened, store_url
from tests.contracts.older_stores import write_first_store

pytestmark = pytest.mark.not_on_ferretdb("a store is filled by each test, which takes it seconds")


@pytest.fixture(params=["mongodb"])
def older_database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Such a store on MongoDB, where the older reactions are moved in the background."""
    url = store_url(request.param, folder=tmp_path, request=request)
    write_first_store(url)
    return url


def test_a_store_is_in_use_while_older_reactions_are_still_moved(
    older_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the migration moves anything, every answer is the same as after it."""
    monkeypatch.setattr(migrating.Migrating, "_work", lambda *_: None)
    with opened(older_database) as store:
        first, second, *_ = messages(store, viewer=CAROL)
        assert first.reactions == [Reaction("👍", [CAROL, BOB], 2, mine=True), Reaction("🎉", [CAROL], 1, mine=True)]
        assert reactors(store, second, "x.$y")[:2] == [(CROWD[0], None), (CROWD[1], None)]
        assert len(store.reactors(ROOM, second.id, "x.$y", after=(-30, CROWD[30]), limit=100)) == 29
        asked = [(first.id, CAROL), (first.id, ALICE)]
        [state] = loaded(store, message_ids=[first.id], reactors=asked).messages
        assert (state.reactions, state.counts) == ({"👍": [CAROL], "🎉": [CAROL]}, {"👍": 2, "🎉": 1})

        room = RoomLog(store, owner=ALICE, room_id=ROOM)
        room.head, room.n, room.minute = 84, 4, 300
        for kind, actor, message, emoji in (
            (events.ReactionAdded, ALICE, second, "x.$y"),
            (events.ReactionRemoved, CAROL, first, "👍"),
            (events.ReactionRemoved, CAROL, first, "🎉"),
        ):
            room.write(replace(room.about(kind, actor, message, emoji=emoji), op=new_id()))

        first, second, *_ = messages(store)
        assert (first.reactions, second.reactions) == (
            [Reaction("👍", [BOB], 1)],
            [Reaction("x.$y", CROWD[:50], 61)],
        )
        assert reactors(store, second, "x.$y")[-1] == (ALICE, "2026-11-20T15:01:00.000Z")
    monkeypatch.undo()

    with opened(older_database) as store:
        finish(store)
        first, second, *_ = messages(store)
        assert reactors(store, first, "👍") == [(BOB, "2026-11-20T10:08:00.000Z")]
        assert reactors(store, second, "x.$y")[0] == (CROWD[0], "2026-11-20T10:09:00.000Z")
        assert reactors(store, second, "x.$y")[-1] == (ALICE, "2026-11-20T15:01:00.000Z")


def test_the_way_there_goes_on_where_it_was_stopped(older_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    step = older_reactions(older_database)
    stopped = StoppedEverySecondTime(importlib.import_module(step).move_batch)
    monkeypatch.setattr(f"{step}.move_batch", stopped)
    monkeypatch.setattr(f"{step}.EVENTS_PER_BATCH", 7)
    monkeypatch.setattr(migrating, "TRY_AGAIN_SECONDS", 0.01)

    with opened(older_database) as store:
        finish(store)
        first, second, *_ = messages(store)
        assert second.reactions == [Reaction("x.$y", CROWD[:50], 60)]
        assert all(at is not None for _, at in [*reactors(store, first, "👍"), *reactors(store, second, "x.$y")])

    # 86 events in sevens, none of which is gone through again.
    assert stopped.done == 13


def test_what_was_begun_and_not_finished_goes_on_at_the_next_start(
    older_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = threading.Event()

    def stop(*_: object, **__: object) -> None:
        begun.set()
        raise OSError("stopped here")

    with monkeypatch.context() as patch:
        patch.setattr(f"{older_reactions(older_database)}.move_batch", stop)
        with opened(older_database):
            assert begun.wait(20)

    with opened(older_database) as store:
        finish(store)
        second = messages(store)[1]
        assert all(at is not None for _, at in reactors(store, second, "x.$y"))


def test_what_the_end_of_a_program_stopped_goes_on_at_the_next_start(
    older_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = older_reactions(older_database)
    held = HeldOnce(importlib.import_module(step).move_batch)
    with monkeypatch.context() as patch:
        patch.setattr(f"{step}.EVENTS_PER_BATCH", 7)
        patch.setattr(f"{step}.move_batch", held)
        with opened(older_database) as store, ThreadPoolExecutor(1) as other:
            assert held.is_under_way.wait(5)
            closed = other.submit(store.migrating.close)  # type: ignore[attr-defined]
            assert store.migrating._stopping.wait(5)  # type: ignore[attr-defined]
            held.may_end.set()
            closed.result(10)

    with opened(older_database) as store:
        finish(store)
        second = messages(store)[1]
        assert all(at is not None for _, at in reactors(store, second, "x.$y"))


def test_what_is_put_anew_while_older_reactions_are_moved_keeps_its_date(
    older_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = older_reactions(older_database)
    monkeypatch.setattr(f"{step}.EVENTS_PER_BATCH", 7)
    monkeypatch.setattr(migrating.Migrating, "_work", lambda *_: None)
    with opened(older_database) as store:
        second = messages(store)[1]
        moving = store.migrating._store.batches(store.migrating._migrations[8])  # type: ignore[attr-defined]
        next(moving)
        room = RoomLog(store, owner=ALICE, room_id=ROOM)
        room.head, room.n, room.minute = 84, 4, 300
        for kind in (events.ReactionRemoved, events.ReactionAdded):
            room.write(replace(room.about(kind, CROWD[30], second, emoji="x.$y"), op=new_id()))
        dates = {dict(reactors(store, second, "x.$y"))[CROWD[30]] for _ in moving}

        assert dates == {"2026-11-20T15:02:00.000Z"}


class HeldOnce:
    """Holds the first batch until it may end."""

    def __init__(self, work: Callable[..., None]) -> None:
        self._work = work
        self.is_under_way, self.may_end = threading.Event(), threading.Event()

    def __call__(self, *args: Any, **more: Any) -> None:
        self.is_under_way.set()
        self.may_end.wait(5)
        self._work(*args, **more)


def older_reactions(url: str) -> str:
    """Return the module of the step that goes through the log in the background."""
    return f"message_service.stores.{url.partition(':')[0]}.migrations.m0009_older_reactions"


class StoppedEverySecondTime:
    def __init__(self, work: Callable[..., None]) -> None:
        self._work = work
        self._stops: Iterator[Callable[[], object]] = itertools.cycle([list, self._stop])
        self.done = 0

    def __call__(self, *args: Any, **more: Any) -> None:
        next(self._stops)()
        self._work(*args, **more)
        self.done += 1

    def _stop(self) -> None:
        raise OSError("stopped here")
