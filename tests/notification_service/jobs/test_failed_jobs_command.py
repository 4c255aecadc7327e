"""`chatflow jobs` lists what failed, shows why, lets dead letters be tried again, and forgets them."""

import asyncio
import subprocess
import sys

import pytest

from chatflow.process.settings import PREFIX
from chatflow.wire.outbox import Job
from notification_service.stores.database import Database
from notification_service.stores.failures import FAILURES_AT_MOST, Failures
from tests.chatflow.conditions import until
from tests.notification_service.conftest import Sockets
from tests.notification_service.message_service_edge import SECRET, MessageServiceEdge, details_about, recipient
from tests.notification_service.process import Service

DEAD = Job("room", 1)
Said = tuple[int, str, str]


async def chatflow_jobs(service: Service, *arguments: str, secret: str = SECRET) -> Said:
    """Run the command against the service, and return its exit status and what it printed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "chatflow",
        "jobs",
        *arguments,
        env={
            f"{PREFIX}NOTIFICATION_SERVICE_URL".upper(): f"http://127.0.0.1:{service.port}",
            f"{PREFIX}SERVICE_SECRET".upper(): secret,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


async def bury(failures: Failures, job: Job, *, error: str = "ValueError: poison") -> None:
    for _ in range(FAILURES_AT_MOST):
        await failures.record({job: error}, known=await failures.among([job]))


async def until_forgotten(failures: Failures, job: Job) -> None:
    async with asyncio.timeout(10):
        while await failures.among([job]):
            pass


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What depends on the kind of database is tried elsewhere."""
    return sqlite_url


@pytest.fixture
def failures(database: Database) -> Failures:
    return Failures(database)


async def test_failed_jobs_are_listed_and_shown_with_their_error(service: Service, failures: Failures) -> None:
    assert await chatflow_jobs(service, "list") == (0, "No job has failed.\n", "")
    await bury(failures, DEAD, error="ValueError: poison\nwith more to say")
    await failures.record({Job("room", 2): "KeyError: 'at'"}, known={})

    status, listed, _ = await chatflow_jobs(service, "list")
    _, short, _ = await chatflow_jobs(service, "list", "--limit", "1")
    _, shown, _ = await chatflow_jobs(service, "show", "room/1")

    newest, oldest = listed.splitlines()
    assert status == 0
    assert newest.split()[:4] == ["room/2", "waiting", "1", "times"]
    assert oldest.split()[:4] == ["room/1", "dead", str(FAILURES_AT_MOST), "times"]
    assert oldest.endswith("ValueError: poison")
    assert short.splitlines() == [newest, "and 1 more"]
    assert shown.endswith("error     ValueError: poison\nwith more to say\n")
    assert await chatflow_jobs(service, "show", "room/9") == (1, "", "error: room/9 has not failed, or is done\n")


async def test_a_dead_letter_that_is_replayed_is_told_and_forgotten(
    service: Service, failures: Failures, edge: MessageServiceEdge, sockets: Sockets
) -> None:
    edge.store(details_about(DEAD, recipient("bob")))
    edge.owed.clear()
    await bury(failures, DEAD)

    said = await chatflow_jobs(service, "replay", "room/1")

    assert said == (0, "1 dead letter is tried again.\n", "")
    await until(lambda: [signal.user_id for signal in sockets.told] == ["bob"])
    await until_forgotten(failures, DEAD)


async def test_dropped_dead_letters_are_gone_and_those_that_wait_stay(service: Service, failures: Failures) -> None:
    waiting = Job("room", 3)
    await bury(failures, DEAD)
    await bury(failures, Job("room", 2))
    await failures.record({waiting: "KeyError: 'at'"}, known={})

    one = await chatflow_jobs(service, "drop", "room/1", "room/3")
    rest = await chatflow_jobs(service, "drop", "--all")

    assert one == (1, "1 dead letter is dropped.\n", "error: 1 of those named are no dead letters\n")
    assert rest == (0, "1 dead letter is dropped.\n", "")
    assert [found.job for found in (await failures.page(limit=10))[0]] == [waiting]


@pytest.mark.parametrize("arguments", [["replay"], ["drop"], ["replay", "--all", "room/1"], ["drop", "room"]])
async def test_what_is_not_named_clearly_is_refused(service: Service, failures: Failures, arguments: list[str]) -> None:
    await bury(failures, DEAD)

    status, said, error = await chatflow_jobs(service, *arguments)

    assert (status, said) == (1, "")
    assert error.startswith("error: ")
    assert (await failures.among([DEAD]))[DEAD].state == "dead"


async def test_strangers_are_refused(service: Service, failures: Failures) -> None:
    await bury(failures, DEAD)

    status, said, error = await chatflow_jobs(service, "drop", "--all", secret="s" * 40)

    assert (status, said) == (1, "")
    assert error.startswith("error: ")
    assert (await failures.among([DEAD]))[DEAD].state == "dead"
