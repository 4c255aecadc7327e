"""Faults other than kills and stops: a full disk, clocks that jump, garbage, a storm of connections."""

import asyncio
import random
import resource
from collections.abc import Awaitable, Callable

import psutil

from tests.actors import Actor
from tests.faults.garbage import litter_bus, litter_jobs
from tests.faults.rig import Fault, Jobs, Rig, kind_of
from tests.faults.storm import storm

HELD_SECONDS = 3.0
# Farther than any deadline, and less than a token lasts.
JUMP_SECONDS = 30.0
# Past any room's retention, and less than a session lasts.
WEEKS_SECONDS = 20 * 86_400.0
# Past this a copy of a job says nothing new.
COPIES = 50


def odd_faults_of(rig: Rig, *, bystander: Actor, alerts: Jobs, dice: random.Random) -> list[Fault]:
    return [
        *(
            Fault(f"clock of {kind_of(name)} jumps {way}", jumping(name, seconds))
            for name in rig.names
            if kind_of(name) in ("gateway", "chat_service", "message_service")
            for way, seconds in (("ahead", JUMP_SECONDS), ("back", -JUMP_SECONDS))
        ),
        *(
            Fault(f"clock of the machine jumps weeks {way}", jumping_machine(seconds))
            for way, seconds in (("ahead", WEEKS_SECONDS), ("back", -WEEKS_SECONDS))
        ),
        # In the cluster the store's disk is another machine's.
        *(Fault("full disk under message_service", fill_disk) for _ in range(not rig.servers)),
        Fault("garbage on the bus", littering_bus(dice)),
        *(Fault("poison and copies on the job queue", littering_jobs(alerts, dice)) for _ in range(bool(rig.servers))),
        Fault("storm of connections", storming(bystander)),
    ]


def jumping(name: str, seconds: float) -> Callable[[Rig], Awaitable[None]]:
    async def strike(rig: Rig) -> None:
        await rig.draw_people_to(name)
        clock = rig.clock(name)
        clock.set(seconds)
        await asyncio.sleep(HELD_SECONDS)
        clock.put_right()

    return strike


def jumping_machine(seconds: float) -> Callable[[Rig], Awaitable[None]]:
    """Set the clock of all processes at nearly the same time; while it is wrong, retention asks for old messages."""

    async def strike(rig: Rig) -> None:
        clocks = [rig.clock(name) for name in rig.names]
        for clock in clocks:
            clock.set(seconds)
        await asyncio.sleep(HELD_SECONDS)
        for clock in clocks:
            clock.put_right()

    return strike


async def fill_disk(rig: Rig) -> None:
    """Let every write of the store's process fail, as on a disk without room; its log goes through a pipe."""
    pid = rig.process("message_service").pid
    assert pid is not None
    process = psutil.Process(pid)
    soft, hard = process.rlimit(resource.RLIMIT_FSIZE)
    process.rlimit(resource.RLIMIT_FSIZE, (0, hard))
    await asyncio.sleep(HELD_SECONDS)
    process.rlimit(resource.RLIMIT_FSIZE, (soft, hard))
    await rig.whole()


def littering_bus(dice: random.Random) -> Callable[[Rig], Awaitable[None]]:
    async def strike(rig: Rig) -> None:
        await litter_bus(rig.redis_url, dice=dice)

    return strike


def littering_jobs(alerts: Jobs, dice: random.Random) -> Callable[[Rig], Awaitable[None]]:
    async def strike(rig: Rig) -> None:
        await litter_jobs(rig.servers["rabbitmq"].url, jobs=alerts()[-COPIES:], dice=dice)

    return strike


def storming(bystander: Actor) -> Callable[[Rig], Awaitable[None]]:
    async def strike(rig: Rig) -> None:
        await storm(rig.url, token=await bystander.access_token())

    return strike
