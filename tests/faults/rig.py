"""A running product that can be broken everywhere: traps in its services, proxies between them, its own servers."""

import asyncio
import json
import os
import re
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import aiohttp
import redis.asyncio

from chatflow.supervisor.plan import Plan, read_plan
from chatflow.supervisor.services import numbered
from chatflow.wire.outbox import Job
from tests.faults.clocks import Clock
from tests.faults.cluster import open_cluster
from tests.faults.power import PowerSwitch
from tests.faults.product import with_port
from tests.faults.proxy import Proxy, open_proxy
from tests.faults.traps import Traps
from tests.journeys.system import Process, System
from tests.servers import Server
from tests.servers.ports import LOCALHOST

COMMAND = [sys.executable, "-m", "tests.faults.product"]
REDIS = "CHATFLOW_REDIS_URL"
STORE = "CHATFLOW_MESSAGE_SERVICE_URL"
# A clock may jump by weeks for some seconds: tokens outlast that, and it is not trusted before it is put right.
PATIENT = {"CHATFLOW_ACCESS_TOKEN_SECONDS": str(90 * 86_400), "CHATFLOW_RETENTION_GRACE_SECONDS": "60"}
BACK_WITHIN_SECONDS = 40.0
SPRUNG_WITHIN_SECONDS = 15.0
CHECK_EVERY_SECONDS = 0.02
# Everybody who was cut off is back by then.
ANEW_SECONDS = 1.0


# What was owed until now to somebody who is away.
Jobs = Callable[[], list[Job]]


@dataclass(frozen=True)
class Rig:
    """One running product; `links` by the name of the link, `servers` of the cluster by their names."""

    system: System
    traps_folder: Path
    links: dict[str, Proxy]
    servers: dict[str, Server]
    # Where the people connect.
    front: Proxy
    redis_url: str
    # Where each gateway is asked how it is.
    inner_ports: dict[str, int]

    @property
    def url(self) -> str:
        return with_port(self.system.url, self.front.port)

    @property
    def names(self) -> list[str]:
        return [process.name for process in self.system.processes()]

    def process(self, name: str) -> Process:
        return next(process for process in self.system.processes() if process.name == name)

    def signal(self, name: str, number: signal.Signals) -> int:
        """Send a signal to a process and return its id."""
        pid = self.process(name).pid
        if pid is None:
            raise RuntimeError(f"{name} is not running: {self.system.processes()}")
        os.kill(pid, number)
        return pid

    def clock(self, name: str) -> Clock:
        return Clock(self.traps_folder, process=name)

    def power(self, name: str) -> PowerSwitch:
        return PowerSwitch(self.traps_folder, process=name, data=self.system.data)

    def traps(self, name: str) -> Traps:
        return Traps(self.traps_folder, process=name)

    async def replaced(self, name: str, *, dead_pid: int) -> None:
        """Wait until another process lives under that name, and all are ready."""
        await until(lambda: self.process(name).pid not in (None, dead_pid), what=f"another {name}")
        await self.whole()

    async def whole(self) -> None:
        """Wait until every process says that it is ready."""

        def all_ready() -> bool:
            processes = self.system.processes()
            return bool(processes) and all(process.state == "ready" for process in processes)

        await until(all_ready, what="a whole system")

    async def draw_people_to(self, name: str) -> None:
        """Make sure that somebody is connected to this gateway: people of a gateway that died stay at another."""
        if len(self.inner_ports) == 1:
            return
        async with asyncio.timeout(BACK_WITHIN_SECONDS):
            while name in self.inner_ports and not await self._people_at(name):
                self.front.cut()
                await asyncio.sleep(ANEW_SECONDS)

    async def flush_redis(self) -> None:
        async with redis.asyncio.Redis.from_url(self.redis_url) as client:
            await client.flushall()

    async def _people_at(self, gateway: str) -> int:
        """Return how many sockets are signed in there, by its own metrics."""
        address = f"http://{LOCALHOST}:{self.inner_ports[gateway]}/metrics"
        async with aiohttp.ClientSession() as http, http.get(address) as response:
            found = re.search(r"^chatflow_gateway_connections (\S+)$", await response.text(), re.MULTILINE)
        assert found is not None
        return int(float(found[1]))


@asynccontextmanager
async def open_rig(
    folder: Path, *, profile: str = "embedded", workers: int = 2, gateways: int = 1, sabotage: str = "-"
) -> AsyncIterator[Rig]:
    """Start the product of that profile, with whatever can break it, until the context ends."""
    traps = folder / "traps"
    traps.mkdir(parents=True)
    async with AsyncExitStack() as stack:
        servers, settings = stack.enter_context(open_cluster(folder, is_wanted=profile == "cluster"))
        links = {link: await stack.enter_async_context(open_proxy(0)) for link in links_of(gateways)}
        changes = folder / "changes.json"
        ports = {link: proxy.port for link, proxy in links.items()}
        changes.write_text(json.dumps({"traps": str(traps), "sabotage": sabotage, "links": ports}))
        scale = {"CHATFLOW_WORKERS": str(workers), "CHATFLOW_GATEWAYS": str(gateways)}
        system = System(folder, settings={**settings, **scale, **PATIENT}, command=[*COMMAND, str(changes)])
        stack.enter_context(stopping(system))
        system.spawn()
        plan_path = system.data / "run" / "plan.json"
        await until(plan_path.exists, what="a plan")
        await until(lambda: plan_path.stat().st_size > 0, what="a plan")
        plan = read_plan(plan_path)
        redis_url = settings.get(REDIS) or with_port(
            environment_of(plan, service="gateway")[REDIS], port_of(plan, "valkey")
        )
        for link, proxy in links.items():
            proxy.lead_to(urlsplit(redis_url).port or 0 if link.endswith(REDIS) else port_of(plan, "message_service"))
        front = await stack.enter_async_context(open_proxy(system.port))
        await asyncio.to_thread(system.wait_until_ready)
        inner_ports = {p.name: p.probe_port for p in plan.processes if p.probe_port is not None}
        yield Rig(system, traps, links, servers, front, redis_url, inner_ports)


class BrokenPromise(Exception):
    """Something is wrong that the history of rooms does not show; it ends the run."""


class Fault(NamedTuple):
    name: str
    # Returns when what was broken stands again.
    strike: Callable[[Rig], Awaitable[None]]


def links_of(gateways: int) -> list[str]:
    """Name the links that a proxy stands on by who calls and by which setting: each gateway may lose its own."""
    callers = ["chat_service", *numbered("gateway", gateways)]
    return [f"{caller} {setting}" for setting in (STORE, REDIS) for caller in callers]


def kind_of(name: str) -> str:
    return name.partition("-")[0]


def stopping(system: System) -> ExitStack:
    stack = ExitStack()
    stack.callback(system.stop)
    return stack


def environment_of(plan: Plan, *, service: str) -> dict[str, str]:
    return next(process.environment for process in plan.processes if process.name.startswith(service))


def port_of(plan: Plan, name: str) -> int:
    return next(process.port for process in plan.processes if process.name == name)


async def until(condition: Callable[[], bool], *, what: str, within_seconds: float = BACK_WITHIN_SECONDS) -> None:
    deadline = time.monotonic() + within_seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"no {what} within {within_seconds:g} s")
        await asyncio.sleep(CHECK_EVERY_SECONDS)


async def sprung(rig: Rig, name: str, phase: str, *, how: str) -> None:
    """Arm a trap in a process, and wait until it has struck."""
    await rig.draw_people_to(name)
    traps = rig.traps(name)
    traps.arm(phase, how=how)
    try:
        await until(lambda: not traps.is_armed, what=f"{name} {phase}", within_seconds=SPRUNG_WITHIN_SECONDS)
    finally:
        traps.disarm()
