"""What can be done to a running system: each fault breaks one thing for a while, and waits until it stands again.

Deaths, silences and cuts are here; what is odder has a file of its own.
"""

import asyncio
import random
import signal
from collections.abc import Awaitable, Callable

from tests.actors import Actor
from tests.faults.odd_faults import odd_faults_of
from tests.faults.power_faults import power_faults_of
from tests.faults.proxy import Proxy
from tests.faults.rig import Fault, Jobs, Rig, kind_of, sprung
from tests.faults.slow_reader import open_slow_reader
from tests.faults.traps import PHASES
from tests.servers import Server

# A lease ends after 3 s: a worker that is stopped for longer wakes up as an owner of nothing.
PAST_A_LEASE_SECONDS = 5.0
# Longer than any client waits for an answer.
LONG_SECONDS = 30.0
HELD_SECONDS = 3.0


def faults_of(rig: Rig, *, bystander: Actor, alerts: Jobs, dice: random.Random) -> list[Fault]:
    """Return every fault that this system can have, each once."""
    names = rig.names
    return [
        *(Fault(f"SIGKILL of {kind_of(name)}", killing(name)) for name in names),
        *(
            Fault(f"SIGKILL of {kind_of(name)} {phase}", springing(name, phase))
            for name in names
            for phase in PHASES.get(kind_of(name), ())
        ),
        *(
            Fault(f"SIGKILL of {kind_of(name)} before store with a cut of all clients", losing_the_senders(name))
            for name in names
            if kind_of(name) == "chat_service"
        ),
        *(
            Fault(f"SIGSTOP of {kind_of(name)} before store", stopped_in_phase(name, "before store"))
            for name in names
            if kind_of(name) == "chat_service"
        ),
        *(Fault(f"SIGSTOP of {kind_of(name)}", stopping(name, PAST_A_LEASE_SECONDS)) for name in names),
        *(Fault(f"cut of {link}", cutting(proxy, caller=link.split()[0])) for link, proxy in rig.links.items()),
        *(Fault(f"stall of {link}", stalling(proxy, caller=link.split()[0])) for link, proxy in rig.links.items()),
        *(Fault(f"refusal of {link}", refusing(proxy, caller=link.split()[0])) for link, proxy in rig.links.items()),
        *(
            Fault(f"SIGSTOP of {kind_of(name)} for {LONG_SECONDS:g} s", stopping(name, LONG_SECONDS))
            for name in names
            if kind_of(name) == "gateway"
        ),
        Fault("cut of all clients", cutting(rig.front)),
        Fault("stall of all clients", stalling(rig.front)),
        Fault("FLUSHALL of Redis", flush_all),
        Fault("slow reader", slow_reading(bystander)),
        Fault("rolling restart by SIGTERM", rolling_restart),
        *(Fault(f"restart of {server.name}", restarting(server)) for server in rig.servers.values()),
        *(
            Fault(f"SIGSTOP of {server.name}", suspending(server, seconds=dice.uniform(1, HELD_SECONDS)))
            for server in rig.servers.values()
        ),
        *power_faults_of(rig),
        *odd_faults_of(rig, bystander=bystander, alerts=alerts, dice=dice),
    ]


def killing(name: str) -> Callable[[Rig], Awaitable[None]]:
    async def strike(rig: Rig) -> None:
        await rig.draw_people_to(name)
        await rig.replaced(name, dead_pid=rig.signal(name, signal.SIGKILL))

    return strike


def springing(name: str, phase: str) -> Callable[[Rig], Awaitable[None]]:
    """Kill the process the next time that it reaches a named place of its work."""

    async def strike(rig: Rig) -> None:
        pid = rig.process(name).pid
        assert pid is not None
        await sprung(rig, name, phase, how="kill")
        await rig.replaced(name, dead_pid=pid)

    return strike


def losing_the_senders(name: str) -> Callable[[Rig], Awaitable[None]]:
    """Kill an owner, and with it every connection: no gateway sends again what was decided and not stored."""

    async def strike(rig: Rig) -> None:
        pid = rig.process(name).pid
        assert pid is not None
        await sprung(rig, name, "before store", how="kill")
        rig.front.cut()
        await rig.replaced(name, dead_pid=pid)

    return strike


def stopped_in_phase(name: str, phase: str) -> Callable[[Rig], Awaitable[None]]:
    """Stop an owner between its decision and its append, and let it go on when others own its rooms."""

    async def strike(rig: Rig) -> None:
        await sprung(rig, name, phase, how="stop")
        await asyncio.sleep(PAST_A_LEASE_SECONDS)
        rig.signal(name, signal.SIGCONT)
        await rig.whole()

    return strike


def stopping(name: str, seconds: float) -> Callable[[Rig], Awaitable[None]]:
    async def strike(rig: Rig) -> None:
        await rig.draw_people_to(name)
        rig.signal(name, signal.SIGSTOP)
        await asyncio.sleep(seconds)
        rig.signal(name, signal.SIGCONT)
        await rig.whole()

    return strike


def cutting(proxy: Proxy, *, caller: str = "") -> Callable[[Rig], Awaitable[None]]:
    async def strike(rig: Rig) -> None:
        await rig.draw_people_to(caller)
        proxy.cut()

    return strike


def stalling(proxy: Proxy, *, caller: str = "") -> Callable[[Rig], Awaitable[None]]:
    async def strike(rig: Rig) -> None:
        await rig.draw_people_to(caller)
        proxy.stall()
        await asyncio.sleep(HELD_SECONDS)
        proxy.heal()

    return strike


def refusing(proxy: Proxy, *, caller: str = "") -> Callable[[Rig], Awaitable[None]]:
    async def strike(rig: Rig) -> None:
        await rig.draw_people_to(caller)
        proxy.refuse()
        await asyncio.sleep(HELD_SECONDS)
        proxy.heal()

    return strike


async def flush_all(rig: Rig) -> None:
    await rig.flush_redis()


def slow_reading(bystander: Actor) -> Callable[[Rig], Awaitable[None]]:
    async def strike(rig: Rig) -> None:
        async with open_slow_reader(rig.system.url, token=await bystander.access_token()):
            await asyncio.sleep(HELD_SECONDS)

    return strike


async def rolling_restart(rig: Rig) -> None:
    """Restart one process after the other as an update does, except the bus, which stores nothing."""
    for name in [name for name in rig.names if name != "valkey"]:
        await rig.replaced(name, dead_pid=rig.signal(name, signal.SIGTERM))


def restarting(server: Server) -> Callable[[Rig], Awaitable[None]]:
    async def strike(rig: Rig) -> None:
        server.kill()
        server.spawn()
        await asyncio.to_thread(server.wait_until_ready)
        await rig.whole()

    return strike


def suspending(server: Server, *, seconds: float) -> Callable[[Rig], Awaitable[None]]:
    async def strike(rig: Rig) -> None:
        server.suspend()
        await asyncio.sleep(seconds)
        server.resume()
        await rig.whole()

    return strike
