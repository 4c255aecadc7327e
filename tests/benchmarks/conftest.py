"""What measurements need of a machine, and one set of contestants for all of them."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import pytest

from benchmarks.bench import Bench
from benchmarks.contestants import (
    Contestant,
    Crowd,
    Opening,
    open_all,
    open_chatflow,
    open_floor,
    open_node,
    open_stock,
)
from benchmarks.processes import Redis
from benchmarks.seeding import World
from tests.servers import ServerMissing
from tests.servers.skips import give_up_without

MEMBERS = 12


@dataclass(frozen=True)
class Arena:
    """Everybody who fans out, by name, and twelve people: all in one room, or half of them in each of two."""

    bench: Bench
    contestants: dict[str, Contestant]
    crowd: Crowd
    halves: Crowd
    redis: Redis
    notes: list[str]


@pytest.fixture(scope="session")
def compiler() -> str:
    found = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if found is None:
        give_up_without(ServerMissing("cc", "no C compiler on the PATH"))
    return found


@pytest.fixture(scope="session")
def arena(compiler: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    bench = Bench(tmp_path_factory.mktemp("bench"), quick=True)
    world = World(MEMBERS)
    room = world.add_room(range(MEMBERS))
    halves = [world.add_room(range(half, MEMBERS, 2)) for half in range(2)]
    openings: list[Opening] = [
        partial(open_chatflow, world=world),
        open_node,
        open_stock,
        partial(open_floor, is_coalescing=False),
        partial(open_floor, is_coalescing=True),
    ]
    with open_all(bench, openings) as (opened, redis, notes):
        yield Arena(
            bench,
            {each.name: each for each in opened},
            crowd=Crowd([room] * MEMBERS, world),
            halves=Crowd([halves[number % 2] for number in range(MEMBERS)], world),
            redis=redis,
            notes=notes,
        )
