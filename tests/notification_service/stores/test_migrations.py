"""What a program from before these models stored comes along, it still works on it, and models and migrations agree."""

import asyncio
import os
import secrets
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from chatflow.ids import new_id
from chatflow.process.settings import PREFIX
from chatflow.wire.outbox import Job
from tests.chatflow.conditions import until
from tests.notification_service.message_service_edge import MessageServiceEdge, details_about, recipient
from tests.notification_service.process import ServiceProcess
from tests.notification_service.user_service_edge import UserServiceEdge
from tests.older_version import unpack_version
from tests.servers import Server
from tests.servers.postgresql import create_database, drop_database

ROOT = Path(__file__).parents[3]
# The last version whose tables were made by hand.
BEFORE = "8c22c4c5c000"
BOB, CAROL = new_id(), new_id()
WISHES = "/api/notifications/preferences"
QUIET = {"quiet": {"from": "22:00", "to": "07:00", "days": ["fri"], "zone": "Asia/Seoul"}}
# The columns of that version.
COLUMNS = {
    "notices": "id, user_id, room_id, seq, channel, kind, actor, at, recorded_at, suppressed, told, seen",
    "preferences": "user_id, preferences",
    "schema_steps": "step",
}

Open = Callable[[Path], Awaitable[ServiceProcess]]


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The checkout of that version, as far as the service needs it."""
    return unpack_version(BEFORE, "chatflow", "notification_service", folder=tmp_path_factory.mktemp("before"))


@pytest.fixture
def own_postgres_url(postgres_server: Server) -> Iterator[str]:
    name = f"own_{secrets.token_hex(6)}"
    yield create_database(postgres_server.url, name)
    drop_database(postgres_server.url, name)


@pytest.fixture(params=["sqlite_url", pytest.param("own_postgres_url", marks=pytest.mark.long)])
def own_url(request: pytest.FixtureRequest) -> str:
    """An empty database that no other test knows."""
    return str(request.getfixturevalue(request.param))


@pytest.fixture
async def open_version(
    tmp_path: Path, valkey_url: str, edge: MessageServiceEdge, users: UserServiceEdge, own_url: str
) -> AsyncIterator[Open]:
    """Call `await open_version(checkout)` for a process of that version on the test's database."""
    opened: list[ServiceProcess] = []

    async def open_one(checkout: Path) -> ServiceProcess:
        service = ServiceProcess(tmp_path, redis_url=valkey_url, messages=edge, users=users)
        service.settings["notification_database_url"] = own_url
        service.program = checkout
        opened.append(service)
        await service.start()
        return service

    yield open_one
    for service in opened:
        await service.close()


async def tell(edge: MessageServiceEdge, *seqs: int) -> None:
    """Let both be mentioned, carol where she does not want to hear of it, and wait until nothing is owed."""
    people = (recipient(BOB), recipient(CAROL, level="none"))
    edge.store(*(details_about(Job("room", seq), *people) for seq in seqs))
    await until(lambda: not edge.owed, within_seconds=20)


async def seen_through(service: ServiceProcess) -> list[Any]:
    """Return all that the two people can read."""
    paths = ("/api/notifications", "/api/notifications?suppressed=true")
    pages = [await service.ask("GET", path, user_id=person) for person in (BOB, CAROL) for path in paths]
    wishes = [(await service.ask("GET", WISHES, user_id=person))[1] for person in (BOB, CAROL)]
    # The version before knows of the kinds alone, and of one fewer.
    kinds = [one.get("in_app") or one["levels"]["in_app"] for one in wishes]
    return [*pages, *({name: kind for name, kind in one.items() if name != "keyword"} for one in kinds)]


async def test_what_the_version_before_stored_comes_along_and_it_still_works_beside_this_one(
    before: Path, open_version: Open, edge: MessageServiceEdge, own_url: str
) -> None:
    old = await open_version(before)
    await tell(edge, 1, 2, 3)
    await old.ask("POST", "/api/notifications/read", user_id=BOB, json={"room_id": "room", "seq": 2})
    await old.ask("PUT", WISHES, user_id=BOB, json={"in_app": {"direct": False}})
    stored, seen = rows(own_url), await seen_through(old)

    new = await open_version(ROOT)

    assert rows(own_url) == stored
    assert len(stored["notices"]) == 6
    assert await seen_through(new) == seen
    # Side by side: either takes the job, and each reads what the other wrote.
    await tell(edge, 4)
    await new.ask("PUT", WISHES, user_id=CAROL, json=QUIET)
    await old.ask("PUT", WISHES, user_id=CAROL, json={"in_app": {"reply": False}})
    await new.ask("PUT", WISHES, user_id=BOB, json={"levels": {"in_app": {"thread": False}}})
    _, wishes = await new.ask("GET", WISHES, user_id=CAROL)
    assert (wishes["quiet"], wishes["levels"]["in_app"]["reply"]) == (QUIET["quiet"], False)
    await old.ask("POST", "/api/notifications/read", user_id=BOB, json={"room_id": "room", "seq": 3})
    assert await seen_through(new) == await seen_through(old)
    # And back.
    await asyncio.gather(old.close(), new.close())
    await old.start()
    await tell(edge, 5)
    _, page = await old.ask("GET", "/api/notifications", user_id=BOB)
    assert sorted(item["seq"] for item in page["items"]) == [1, 2, 3, 4, 5]
    assert page["unread"] == 2


async def test_the_version_before_works_on_what_this_one_made(
    before: Path, open_version: Open, edge: MessageServiceEdge, own_url: str
) -> None:
    new = await open_version(ROOT)
    await tell(edge, 1)
    seen = await seen_through(new)
    await new.close()

    old = await open_version(before)

    assert await seen_through(old) == seen
    await tell(edge, 2)
    assert len(rows(own_url)["notices"]) == 4


def rows(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Return everything that stands in the columns of that version."""
    opened: Any = sqlite3.connect(url.removeprefix("sqlite:///")) if url.startswith("sqlite") else psycopg.connect(url)
    with closing(opened) as database:
        return {
            table: sorted(database.execute(f"SELECT {columns} FROM {table}").fetchall(), key=str)  # noqa: S608 - our words
            for table, columns in COLUMNS.items()
        }


def test_processes_that_start_at_once_migrate_once(tmp_path: Path, own_url: str) -> None:
    migrating = [
        subprocess.Popen(
            [sys.executable, "-m", "notification_service.manage", "migrate", "--verbosity=0"],
            cwd=ROOT,
            env=environment(tmp_path, notification_database_url=own_url),
        )
        for _ in range(3)
    ]

    assert [process.wait(60) for process in migrating] == [0, 0, 0]
    assert rows(own_url) == {"notices": [], "preferences": [], "schema_steps": [(1,)]}


def test_no_model_is_ahead_of_its_migrations(tmp_path: Path) -> None:
    asked = subprocess.run(
        [sys.executable, "-m", "notification_service.manage", "makemigrations", "--check", "--dry-run"],
        cwd=ROOT,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )

    assert (asked.stdout, asked.returncode) == ("No changes detected\n", 0), asked.stderr


def environment(folder: Path, **settings: str) -> dict[str, str]:
    return os.environ | {
        f"{PREFIX}{name}".upper(): value for name, value in (settings | {"data_dir": str(folder)}).items()
    }
