"""All of ChatFlow fits into the memory of a small machine, and no process loads what only another one uses."""

import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.journeys.system import open_system

MEGABYTE = 1_000_000
# Half of a server with 1 GB. It was 437 when this was written.
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
    "supervisor": ASYNC | THREADS | {"msgspec", "structlog"},
}


@dataclass(frozen=True)
class Idle:
    """What each process of an installation held in memory once all were ready, and what it had imported at its end."""

    resident_bytes: dict[str, int]
    imported: dict[str, set[str]]


@pytest.fixture(scope="module")
def idle(tmp_path_factory: pytest.TempPathFactory) -> Idle:
    folder = tmp_path_factory.mktemp("idle")
    told = folder / "modules"
    told.mkdir()
    recording = {"PYTHONPATH": str(Path(__file__).with_name("imported_modules")), "MODULES_FOLDER": str(told)}
    with open_system(folder, settings=recording) as system:
        resident_bytes = system.resident_bytes()
    return Idle(resident_bytes, {path.name: set(path.read_text().split()) for path in told.iterdir()})


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere memory is counted in another way")
def test_all_processes_together_are_small(idle: Idle) -> None:
    shares = {name: round(size / MEGABYTE, 1) for name, size in idle.resident_bytes.items()}

    assert {"supervisor", "valkey", *NOT_LOADED} == set(shares)
    assert sum(shares.values()) <= MEGABYTES_AT_MOST, f"megabytes: {shares}"


@pytest.mark.parametrize("name", NOT_LOADED)
def test_no_process_loads_what_it_does_not_use(name: str, idle: Idle) -> None:
    assert "threading" in idle.imported[name]
    assert sorted(NOT_LOADED[name] & idle.imported[name]) == []
