"""Stock clients, old and new, on every transport: what they ask in bursts is answered whole and in order."""

import asyncio
import json
import os
import sys
from collections.abc import Callable
from typing import Any

import pytest

from tests.actors.node import install_clients
from tests.actors.python_clients import BURST, install_oldest_client
from tests.gateway.raw import serve_conformance
from tests.servers import ServerMissing
from tests.servers.skips import give_up_without

BURST_SIZE = 200
WITHIN_SECONDS = 30.0

# A command, and what it needs in its environment.
Command = tuple[list[str], dict[str, str]]


def javascript(package: str) -> Command:
    node, folder = install_clients()
    return [node, str(folder / "burst.js"), package], {}


def newest_python() -> Command:
    return [sys.executable, str(BURST)], {}


def oldest_python() -> Command:
    return [sys.executable, str(BURST)], {"PYTHONPATH": str(install_oldest_client())}


CLIENTS: list[tuple[str, Callable[[], Command]]] = [
    ("4.8.", lambda: javascript("socket.io-client")),
    ("4.0.", lambda: javascript("socket.io-client-40")),
    ("3.1.", lambda: javascript("socket.io-client-31")),
    ("5.", newest_python),
    ("5.7.", oldest_python),
]
NAMES = ["JavaScript 4.8", "JavaScript 4.0", "JavaScript 3.1", "Python", "Python 5.7"]


@pytest.fixture(scope="module", params=CLIENTS, ids=NAMES)
def client(request: pytest.FixtureRequest) -> tuple[str, Command]:
    version, prepare = request.param
    try:
        return version, prepare()
    except ServerMissing as missing:
        give_up_without(missing)


@pytest.mark.parametrize("transports", ["websocket", "polling", "polling,websocket"])
async def test_bursts_are_answered_whole_and_in_order(client: tuple[str, Command], transports: str) -> None:
    version, command = client
    async with serve_conformance() as raw:
        told = await run(command, raw.url, transports, str(BURST_SIZE))
    numbers = list(range(BURST_SIZE))
    assert told["bursts"] == [{"messages": numbers, "acks": numbers}] * 2
    assert told["transport"] == transports.rpartition(",")[2]
    assert told["version"].startswith(version)


async def run(command: Command, *arguments: str) -> Any:
    program, environment = command
    process = await asyncio.create_subprocess_exec(
        *program,
        *arguments,
        env={**os.environ, **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(WITHIN_SECONDS):
            out, error = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.communicate()
        pytest.fail("the client was not answered in time")
    assert process.returncode == 0, error.decode()
    return json.loads(out)
