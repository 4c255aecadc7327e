"""All of ChatFlow fits into the memory of a small machine, and no process loads what only another one uses."""

import json
import sys
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from benchmarks.memory import FILES
from tests.journeys.system import System, open_system
from tests.servers.ports import LOCALHOST, find_free_port

MEGABYTE = 1_000_000
# Half of a server with 1 GB, with everything on.
MEGABYTES_AT_MOST = 512

# Libraries of MongoDB, which the embedded profile does not use, and of the command line.
NEVER = {"bson", "pydantic", "pymongo", "typer"}
ASYNC = NEVER | {"argon2", "django", "granian", "rest_framework"}
THREADS = NEVER | {"aiohttp", "redis", "socketio"}
NOT_LOADED = {
    "gateway": ASYNC | {"sqlite3"},
    # Without the libraries that verify tokens: the gateway has verified who sends a command.
    "chat_service": ASYNC | {"cryptography.hazmat", "jwt", "socketio", "sqlite3"},
    # Of Django it has the ORM alone; migrations run in a process of their own.
    "notification_service": NEVER
    | {"argon2", "django.db.migrations", "granian", "psycopg", "rest_framework", "socketio"},
    "message_service": THREADS | {"argon2", "django.db.backends.sqlite3"},
    "user_service": (THREADS - {"redis"}) | {"user_service.admin"},
    "admin": THREADS - {"redis"},
    "supervisor": ASYNC | THREADS | {"msgspec", "structlog"},
}


@dataclass(frozen=True)
class Idle:
    """What each process held in memory once people had been there, and what it had imported at its end."""

    held_bytes: dict[str, int]
    imported: dict[str, set[str]]


@pytest.fixture(scope="module")
def idle(tmp_path_factory: pytest.TempPathFactory) -> Idle:
    folder = tmp_path_factory.mktemp("idle")
    told = folder / "modules"
    told.mkdir()
    recording = {"PYTHONPATH": str(Path(__file__).with_name("imported_modules")), "MODULES_FOLDER": str(told)}
    admin_port = find_free_port()
    everything = {"CHATFLOW_ADMIN": "1", "CHATFLOW_ADMIN_PORT": str(admin_port)}
    with open_system(folder, settings=recording | everything) as system:
        visit(system, admin_port=admin_port)
        held_bytes = system.held_bytes()
    return Idle(held_bytes, {path.name: set(path.read_text().split()) for path in told.iterdir()})


def visit(system: System, *, admin_port: int) -> None:
    """Ask each service for something, since it loads some of what it needs only then."""
    person = {"username": "alice", "password": "correct horse battery"}
    access = ask(f"{system.url}/api/users", body=person)["access"]
    for path in ("/api/users/me", "/api/rooms", "/api/notifications"):
        ask(f"{system.url}{path}", access=access)
    with urllib.request.urlopen(f"http://{LOCALHOST}:{admin_port}/login/", timeout=20) as page:
        page.read()


def ask(url: str, *, body: dict[str, str] | None = None, access: str = "") -> dict[str, Any]:
    content = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {access}"} if access else {})}
    with urllib.request.urlopen(urllib.request.Request(url, content, headers), timeout=20) as response:  # noqa: S310
        answer: dict[str, Any] = json.load(response)
    return answer


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere memory is counted in another way")
def test_all_processes_together_are_small(idle: Idle) -> None:
    shares = {name: round(size / MEGABYTE, 1) for name, size in idle.held_bytes.items()}

    assert {"supervisor", "valkey", *NOT_LOADED, FILES} == set(shares)
    assert sum(shares.values()) <= MEGABYTES_AT_MOST, f"megabytes: {shares}"


@pytest.mark.parametrize("name", NOT_LOADED)
def test_no_process_loads_what_it_does_not_use(name: str, idle: Idle) -> None:
    assert "threading" in idle.imported[name]
    assert sorted(NOT_LOADED[name] & idle.imported[name]) == []
