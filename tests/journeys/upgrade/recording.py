"""Makes the data that the journey from e92aa47 begins with, by that commit's own program.

    python -m tests.journeys.upgrade.recording [embedded] [cluster] [--messages N] [--changed N]

This needs the repository's history; who reads the data does not. It is kept in `e92aa47/`: for each profile the data
itself, and in `expected.json.xz` what that program's own API told of it. Nothing in it is secret, also not the keys.
"""

import argparse
import asyncio
import dataclasses
import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

import psycopg

from tests.actors.answers import Json
from tests.faults.cluster import open_cluster
from tests.journeys.system import ROOT, System
from tests.journeys.upgrade import launcher
from tests.journeys.upgrade.dumps import dump_mongodb, dump_postgresql, write_packed
from tests.journeys.upgrade.snapshot import read_notices, read_person, read_room
from tests.journeys.upgrade.story import LATE, LATE_IN, NAMES, READERS, Story, open_story

COMMIT = "e92aa47"
FOLDER = Path(__file__).with_name(COMMIT)
# Settings that the program of today has, and that one refuses.
UNKNOWN_THEN = ("CHATFLOW_PACKETS_PER_SECOND", "CHATFLOW_ADDED_PER_HOUR")
DEACTIVATED = NAMES[0]
DEACTIVATE = "UPDATE users SET deactivated = TRUE WHERE username = 'gone'"
ALERTED_WITHIN_SECONDS = 30.0


class Size(NamedTuple):
    """See `Story`."""

    messages: int
    changed: int


@contextmanager
def old_checkout() -> Iterator[Path]:
    """Lay out the commit's files, and yield a file that names their folder."""
    with tempfile.TemporaryDirectory(prefix="chatflow-old-") as folder:
        checkout = Path(folder) / "checkout"
        archive = subprocess.run(["git", "archive", COMMIT], cwd=ROOT, check=True, capture_output=True).stdout
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            tar.extractall(checkout, filter="data")
        named = Path(folder) / "checkout.path"
        named.write_text(str(checkout))
        yield named


def old_command(named: Path) -> list[str]:
    forgotten = [word for name in UNKNOWN_THEN for word in ("-u", name)]
    return ["env", *forgotten, sys.executable, str(launcher.__file__), str(named), "chatflow", "up"]


async def record(system: System, *, size: Size, deactivate: Callable[[], None]) -> Json:
    """Let people do what they did, and return what the API tells of it."""
    async with open_story(system.url, messages=size.messages, changed=size.changed) as story:
        await story.tell()
        await all_alerts_told(story)
        notices = {name: await read_notices(person) for name, person in story.people.items()}
        deactivate()
        del story.people[DEACTIVATED]
        # From here on nobody works off alerts.
        os.kill(system.process("notification_service").pid or 0, signal.SIGSTOP)
        await story.leave_alerts_owed()
        return {
            "commit": COMMIT,
            "recorded_at": time.time(),
            "ids": {name: device.recorder.user for name, device in story.devices.items()},
            "names": story.rooms,
            "people": {name: await read_person(person) for name, person in story.people.items()},
            "notices": notices,
            "owed": story.owed,
            "invite": story.invite,
            "rooms": {
                name: dataclasses.asdict(await read_room(story.people[reader], story.rooms[name]))
                for name, reader in READERS.items()
            },
            "late": dataclasses.asdict(await read_room(story.people[LATE], story.rooms[LATE_IN])),
        }


async def all_alerts_told(story: Story) -> None:
    """Wait until the last message that addresses somebody is in their inbox."""
    deadline = time.monotonic() + ALERTED_WITHIN_SECONDS
    head = story.devices["jihun"].rooms.position(story.rooms["harbour"])
    while True:
        inbox = await story.people["민서"].read_inbox()
        if max((seq for room_id, seq in inbox if room_id == story.rooms["harbour"]), default=0) > head - 2:
            return
        if time.monotonic() > deadline:
            raise TimeoutError("not all alerts were told")
        await asyncio.sleep(0.2)


def record_embedded(named: Path, size: Size) -> None:
    with tempfile.TemporaryDirectory(prefix="chatflow-recording-") as folder:
        system = System(Path(folder), command=old_command(named))
        system.start()

        def deactivate() -> None:
            with closing(sqlite3.connect(system.data / "users.db")) as db, db:
                db.execute(DEACTIVATE)

        try:
            expected = asyncio.run(record(system, size=size, deactivate=deactivate))
        finally:
            system.stop()
        for database in system.data.glob("*.db"):
            with closing(sqlite3.connect(database)) as db:
                db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        pack(system.data, FOLDER / "embedded" / "data.tar.xz", ("*.db", "secrets/*"))
        keep(expected, FOLDER / "embedded")


def record_cluster(named: Path, size: Size) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="chatflow-recording-") as folder,
        open_cluster(Path(folder), is_wanted=True) as (_, settings),
    ):
        # With a broker the alerts would wait there.
        told = {name: value for name, value in settings.items() if name != "CHATFLOW_JOB_QUEUE_URL"}
        system = System(Path(folder) / "system", settings=told, command=old_command(named))
        system.start()

        def deactivate() -> None:
            with psycopg.connect(told["CHATFLOW_USER_DATABASE_URL"]) as db:
                db.execute(DEACTIVATE)

        try:
            expected = asyncio.run(record(system, size=size, deactivate=deactivate))
        finally:
            system.stop()
        kept = FOLDER / "cluster"
        pack(system.data, kept / "data.tar.xz", ("secrets/*",))
        dump_postgresql(told["CHATFLOW_USER_DATABASE_URL"], kept / "users.sql.xz")
        dump_postgresql(told["CHATFLOW_NOTIFICATION_DATABASE_URL"], kept / "notices.sql.xz")
        dump_mongodb(told["CHATFLOW_MESSAGE_STORE_URL"], kept / "messages.json.xz")
        keep(expected, kept)


def pack(data: Path, path: Path, patterns: tuple[str, ...]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w:xz", preset=9) as tar:
        for found in sorted(found for pattern in patterns for found in data.glob(pattern)):
            tar.add(found, arcname=str(found.relative_to(data)), filter=without_owner)


def without_owner(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


def keep(expected: Json, folder: Path) -> None:
    write_packed(folder / "expected.json.xz", json.dumps(expected, ensure_ascii=False))


# The servers of tests write slowly.
RECORDERS = {"embedded": (record_embedded, Size(1500, 6)), "cluster": (record_cluster, Size(80, 1))}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("profiles", nargs="*", choices=RECORDERS, default=list(RECORDERS))
    parser.add_argument("--messages", type=int, help="in each of the two large rooms")
    parser.add_argument("--changed", type=int, help="of each writer's messages there")
    given = parser.parse_args()
    with old_checkout() as named:
        for profile in given.profiles:
            recorder, usual = RECORDERS[profile]
            recorder(named, Size(given.messages or usual.messages, given.changed or usual.changed))


if __name__ == "__main__":
    main()
