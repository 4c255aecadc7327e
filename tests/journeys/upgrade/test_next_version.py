"""People send while every process is replaced by the next version's, and back: each send is acked in its time."""

import asyncio
import itertools
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.actors import Actor
from tests.faults.traffic import Style, Traffic, open_traffic
from tests.journeys.scales import ONE, Scale
from tests.journeys.system import ROOT
from tests.journeys.test_kills import assert_every_promise_kept
from tests.journeys.upgrade.acks import late_acks
from tests.journeys.upgrade.mixed_system import ORDER, MixedSystem
from tests.journeys.upgrade.next_version import coloured_by, copy_of_this_version, expand, shut_out_older
from tests.journeys.upgrade.returning import CALM, STYLE
from tests.journeys.upgrade.snapshot import read_room
from tests.servers import Server
from tests.servers.postgresql import create_database

pytestmark = [pytest.mark.scales(ONE), pytest.mark.long]

# Acks between one process and the next.
ENOUGH = 20
GOES_ON_WITHIN_SECONDS = 60.0
# Long before `chatflow up` gives up on a process of which nothing is heard.
REFUSED_WITHIN_SECONDS = 60.0
REFUSED = "the store is of a newer version: only a program that knows step"
GONE_BACK = "the store is of a newer version, and this program may open it"
PEOPLE = 2


@pytest.fixture
def system(scale: Scale, tmp_path: Path) -> Iterator[MixedSystem]:
    system = MixedSystem(tmp_path / "system", settings=scale.settings)
    yield system
    system.stop()


@pytest.fixture
def embedded(system: MixedSystem) -> tuple[MixedSystem, list[str]]:
    """The system on files, and the databases of accounts and notices."""
    return system, [f"sqlite:///{system.data / name}" for name in ("users.db", "notifications.db")]


@pytest.fixture
def cluster(
    scale: Scale, tmp_path: Path, valkey_url: str, postgres_server: Server, mongodb_url: str
) -> Iterator[tuple[MixedSystem, list[str]]]:
    """The same on the servers of a cluster."""
    databases = [create_database(postgres_server.url, f"{tmp_path.name}_{name}") for name in ("users", "notices")]
    settings = {
        **scale.settings,
        "CHATFLOW_REDIS_URL": valkey_url,
        "CHATFLOW_USER_DATABASE_URL": databases[0],
        "CHATFLOW_NOTIFICATION_DATABASE_URL": databases[1],
        "CHATFLOW_MESSAGE_STORE_URL": mongodb_url,
    }
    system = MixedSystem(tmp_path / "system", settings=settings)
    yield system, databases
    system.stop()


@pytest.fixture
def next_version(tmp_path: Path) -> Path:
    checkout = copy_of_this_version(tmp_path / "next")
    expand(checkout)
    return checkout


@pytest.mark.parametrize(
    ("profile", "style"), [pytest.param("embedded", STYLE, id="embedded"), pytest.param("cluster", CALM, id="cluster")]
)
async def test_people_send_while_the_next_version_takes_over_and_goes_again(
    profile: str,
    style: Style,
    request: pytest.FixtureRequest,
    next_version: Path,
    tmp_path: Path,
    keeps_connections: bool,
) -> None:
    system, databases = request.getfixturevalue(profile)
    system.start()
    async with open_traffic(
        system.url, tmp_path / "history", people=PEOPLE, style=style, keeps_connections=keeps_connections
    ) as traffic:
        quiet = await quiet_room(traffic)
        before = await read_room(traffic.people[0], quiet)
        traffic.start()
        await traffic.acks(ENOUGH, within_seconds=GOES_ON_WITHIN_SECONDS)
        for checkout, order in ((next_version, ORDER), (ROOT, ORDER[::-1])):
            for name in itertools.chain.from_iterable(map(system.names_of, order)):
                async with traffic.fault(f"{name} of {checkout.name}"):
                    await asyncio.to_thread(system.replace, name, checkout)
                    await traffic.acks(ENOUGH, within_seconds=GOES_ON_WITHIN_SECONDS)
                await somebody_comes(system.url)
            assert await read_room(traffic.people[0], quiet) == before
        await traffic.stop()
        await traffic.settle()
        await traffic.people[0].read_whole_log(quiet)
    verdict = traffic.judge()
    assert_every_promise_kept(verdict)
    assert not {"C13", "C15"} & verdict.unknown, str(verdict)
    # It went while a step of the next version was under way.
    assert GONE_BACK in system.log_of("message_service")
    assert "painted" in system.log_of("message_service").partition("unfinished")[2]
    # Both of Django's databases have a step more than this version knows.
    assert [coloured_by(database) for database in databases] == [["user_accounts"], ["notifications"]]
    assert late_acks(tmp_path / "history") == []


async def test_there_is_no_way_back_from_a_version_that_shuts_older_ones_out_and_they_say_so(
    system: MixedSystem, next_version: Path
) -> None:
    shut_out_older(next_version)
    system.start()
    await asyncio.to_thread(system.replace, "message_service", next_version)
    system.stop()
    system.assign("message_service", ROOT)

    begun_at = time.monotonic()
    with pytest.raises(RuntimeError, match=rf"ended with 1(.|\n)*message_service does not start: .*{REFUSED}"):
        system.start()
    assert time.monotonic() - begun_at < REFUSED_WITHIN_SECONDS


async def quiet_room(traffic: Traffic) -> str:
    """Make a room with a bit of everything in it, in which nobody talks."""
    device = traffic.people[0].devices[0]
    room_id = await device.create_room("quiet", topic="조용한 방")
    acks = await device.send_all(room_id, ["one", "둘", "three", "넷"])
    at = {"room_id": room_id}
    await device.request("reaction:add", {**at, "id": acks[0]["id"], "emoji": "👍"})
    await device.request("message:edit", {**at, "id": acks[1]["id"], "text": "둘!"})
    await device.request("message:delete", {**at, "id": acks[2]["id"]})
    await device.request("message:pin", {**at, "id": acks[3]["id"]})
    await device.send(room_id, "a reply", thread=acks[0]["id"])
    return room_id


async def somebody_comes(url: str) -> None:
    """Make an account, sign in to it, and say something in a new room."""
    async with Actor(url, "newcomer") as newcomer:
        await newcomer.register()
        await newcomer.log_in()
        device = await newcomer.connect()
        await device.send(await device.create_room("new"), "hello")
