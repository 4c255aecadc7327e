"""The data that an older version made, as it is kept beside the tests, and what that version told of it."""

import functools
import json
import sqlite3
import tarfile
import time
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from tests.actors.answers import Json
from tests.actors.recording import body_hash
from tests.checker.history import HistoryWriter
from tests.checker.records import Answered, Sent
from tests.journeys.upgrade.dumps import read_packed, restore_mongodb, restore_postgresql

FOLDER = Path(__file__).with_name("e92aa47")
# Notices go after 90 days, and these are to be there whenever this runs.
RECORD_ANEW = "UPDATE notices SET recorded_at = "
# Old messages lie so far back, and so far apart from each other.
LONG_AGO_SECONDS, APART_SECONDS = 60.0, 0.001


class OldData:
    """What stands in one folder of recorded data."""

    def __init__(self, profile: str) -> None:
        self._folder = FOLDER / profile

    @functools.cached_property
    def expected(self) -> Json:
        """Return what the older version's own API told."""
        expected: Json = json.loads(read_packed(self._folder / "expected.json.xz"))
        return expected

    def unpack(self, data: Path) -> None:
        """Lay out the data folder as the older version left it."""
        with tarfile.open(self._folder / "data.tar.xz") as tar:
            tar.extractall(data, filter="data")
        for notices in data.glob("notifications.db"):
            with closing(sqlite3.connect(notices)) as db, db:
                db.execute(f"{RECORD_ANEW}?", (now(),))

    def restore(self, settings: Mapping[str, str]) -> None:
        """Fill the empty databases that these settings name."""
        restore_postgresql(self._folder / "users.sql.xz", settings["CHATFLOW_USER_DATABASE_URL"])
        notices_url = settings["CHATFLOW_NOTIFICATION_DATABASE_URL"]
        restore_postgresql(self._folder / "notices.sql.xz", notices_url)
        with psycopg.connect(notices_url) as db:
            db.execute(f"{RECORD_ANEW}%s", (now(),))
        restore_mongodb(self._folder / "messages.json.xz", settings["CHATFLOW_MESSAGE_STORE_URL"])

    def room_id(self, name: str) -> str:
        return str(self.expected["names"][name])

    def heads(self) -> dict[str, int]:
        """Return each room's last seq."""
        return {self.room_id(name): room["events"][-1]["seq"] for name, room in self.expected["rooms"].items()}

    def recall(self, writer: HistoryWriter) -> None:
        """Tell the checker what was acked long ago; of deleted messages nobody can know what they said."""
        for room in self.expected["rooms"].values():
            messages = [message for message in room["messages"] if not message["deleted"]]
            begun_at = time.monotonic() - LONG_AGO_SECONDS
            for number, message in enumerate(messages):
                told = {"client": "long ago", "user": message["sender"], "cid": message["cid"], "attempt": 0}
                at = begun_at + number * APART_SECONDS
                body = body_hash(message["text"])
                room_id = message["room_id"]
                writer.add(room_id, Sent(at=at, connection="long ago", body=body, **told))
                acked_at = at + APART_SECONDS / 2
                writer.add(room_id, Answered(at=acked_at, outcome="ok", seq=message["seq"], **told))


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
