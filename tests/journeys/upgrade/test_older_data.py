"""An installation of e92aa47 is upgraded while its people send: all is there, and every send is acked in time."""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.checker.history import HistoryWriter
from tests.faults.traffic import Style
from tests.journeys.scales import ONE, Scale
from tests.journeys.system import System
from tests.journeys.test_kills import assert_every_promise_kept
from tests.journeys.upgrade import remains
from tests.journeys.upgrade.acks import late_acks
from tests.journeys.upgrade.old_data import OldData
from tests.journeys.upgrade.returning import CALM, STYLE, people_return
from tests.journeys.upgrade.story import READERS
from tests.servers import Server
from tests.servers.postgresql import create_database

pytestmark = pytest.mark.scales(ONE)

# Acks in each part of the journey.
ENOUGH = 20
GOES_ON_WITHIN_SECONDS = 60.0


@pytest.fixture
def embedded(scale: Scale, tmp_path: Path) -> Iterator[tuple[System, OldData]]:
    """The data folder of one machine."""
    system, old = System(tmp_path / "system", settings=scale.settings), OldData("embedded")
    old.unpack(system.data)
    before = content_of(system.data / "messages.db")
    yield system, old
    system.stop()
    # A file that is kept for whoever goes back is as the older version left it.
    assert [kept.name for kept in system.data.glob("messages.db.before-*") if content_of(kept) != before] == []


@pytest.fixture
def cluster(
    scale: Scale, tmp_path: Path, valkey_url: str, postgres_server: Server, mongodb_url: str
) -> Iterator[tuple[System, OldData]]:
    """The databases of a cluster."""
    settings = {
        **scale.settings,
        "CHATFLOW_REDIS_URL": valkey_url,
        "CHATFLOW_USER_DATABASE_URL": create_database(postgres_server.url, f"{tmp_path.name}_users"),
        "CHATFLOW_NOTIFICATION_DATABASE_URL": create_database(postgres_server.url, f"{tmp_path.name}_notices"),
        "CHATFLOW_MESSAGE_STORE_URL": mongodb_url,
    }
    system, old = System(tmp_path / "system", settings=settings), OldData("cluster")
    old.unpack(system.data)
    old.restore(settings)
    yield system, old
    system.stop()


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[HistoryWriter]:
    """The history, which is written to its end also if a test fails."""
    with HistoryWriter(tmp_path / "history") as writer:
        yield writer


@pytest.mark.parametrize(
    ("profile", "style"),
    [
        pytest.param("embedded", STYLE, id="embedded"),
        pytest.param("cluster", CALM, id="cluster", marks=pytest.mark.long),
    ],
)
async def test_people_send_while_the_data_of_an_older_version_is_upgraded(
    profile: str, style: Style, request: pytest.FixtureRequest, writer: HistoryWriter, keeps_connections: bool
) -> None:
    system, old = request.getfixturevalue(profile)
    old.recall(writer)
    system.spawn()

    async with people_return(old, system.url, writer, style=style, keeps_connections=keeps_connections) as returned:
        people, traffic = returned.people, returned.traffic
        traffic.start()
        await traffic.acks(ENOUGH, within_seconds=GOES_ON_WITHIN_SECONDS)
        await asyncio.to_thread(system.wait_until_ready)
        # They talk on until what is done in the background is done.
        await remains.assert_reactions_are_dated(old, people)
        await remains.assert_sends_are_known(old, people)
        await traffic.acks(ENOUGH, within_seconds=GOES_ON_WITHIN_SECONDS)
        await traffic.stop()
        await traffic.settle()

        # Nothing but messages was added, and only here.
        heads = {room_id: traffic.devices[0].rooms.position(room_id) for room_id in traffic.room_ids}
        sent = Counter({room_id: head - old.heads()[room_id] for room_id, head in heads.items()})
        await remains.assert_rooms_remain(old, people)
        await remains.assert_people_remain(old, people, sent=sent)
        await remains.assert_notices_remain(old, people)
        await remains.assert_owed_alerts_arrive(old, people)
        await remains.assert_accounts_remain(people, url=system.url)
        await remains.assert_invitation_lets_in(old, people["grace"])
        for name, reader in READERS.items():
            await people[reader].read_whole_log(old.room_id(name))
    writer.flush()
    verdict = traffic.judge()
    assert_every_promise_kept(verdict)
    assert not {"C13", "C15"} & verdict.unknown, str(verdict)
    assert late_acks(writer.folder) == []


def content_of(file: Path) -> list[str]:
    """Return what e92aa47 reads of a SQLite file, and the version that it compares: it knows no record of steps."""
    with closing(sqlite3.connect(file)) as db:
        statements = [line for line in db.iterdump() if not line.startswith("CREATE TABLE migrations")]
        return [*statements, str(db.execute("PRAGMA user_version").fetchone())]
