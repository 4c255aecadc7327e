"""Turns come in the order of asking, separately for each key, and are forgotten when nobody wants one."""

import asyncio
from collections.abc import Sequence

import pytest

from chatflow.ids import new_id
from gateway.presence.store_redis import Shown
from gateway.sessions.turns import Turns
from tests.gateway.scene import Scene
from tests.gateway.unplugged_gateway import Nowhere


async def test_turns_are_taken_in_order_and_forgotten() -> None:
    turns: Turns[str] = Turns(at_once=1)
    taken: list[str] = []
    may_end = asyncio.Event()

    async def take(key: str, name: str) -> None:
        async with turns.of(key):
            taken.append(name)
            await may_end.wait()

    async with asyncio.TaskGroup() as tasks:
        for name in ("a1", "a2", "a3", "b1"):
            tasks.create_task(take(name[0], name))
        await asyncio.sleep(0)
        assert taken == ["a1", "b1"]
        may_end.set()
    assert taken == ["a1", "b1", "a2", "a3"]
    assert not turns._turns


def test_a_connections_looks_at_people_come_one_after_the_other(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[asyncio.Event] = []

    async def read(_: Nowhere, user_ids: Sequence[str]) -> dict[str, Shown]:
        looks.append(asyncio.Event())
        await looks[-1].wait()
        return {user_id: Shown("online") for user_id in user_ids}

    monkeypatch.setattr(Nowhere, "read", read)
    scene.connect()
    people = [new_id(), new_id()]
    for user_id in people:
        scene.ask("presence:watch", user_ids=[user_id])
    for answered in (0, 1):
        assert (len(scene.answers()), len(looks)) == (answered, answered + 1)
        scene.do(looks[-1].set)
    assert [list(answer["presence"]) for answer in scene.answers()] == [[user_id] for user_id in people]
