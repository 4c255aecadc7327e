"""Records how far a MongoDB database is migrated; several processes may do the same steps at the same time."""

from collections.abc import Iterator
from datetime import UTC, datetime

from message_service.stores.migrating import Migration, Progress
from message_service.stores.mongodb.database import MongoDatabase, insert_absent, unavailable_on_failure

# The steps done in databases from before this record; doing these again changes nothing.
BEFORE_RECORD = 5


class MongodbMigrations:
    """See `message_service.stores.migrating.MigratedStore`."""

    def __init__(self, db: MongoDatabase) -> None:
        self._db = db

    @property
    def name(self) -> str:
        return self._db.name

    def begun(self) -> int:
        with unavailable_on_failure():
            newest = self._db.migrations.find_one(sort=[("_id", -1)])
            if newest is not None:
                return int(newest["_id"])
            return 0 if self._db.events.find_one({}, {"_id": 1}) is None else BEFORE_RECORD

    def finished(self) -> frozenset[int]:
        with unavailable_on_failure():
            done = self._db.migrations.find({"finished_at": {"$exists": True}}, {"_id": 1})
            return frozenset(int(one["_id"]) for one in done)

    def apply(self, migration: Migration) -> None:
        for _ in self.batches(migration):
            pass
        self.record(migration)

    def batches(self, migration: Migration) -> Iterator[Progress]:
        with unavailable_on_failure():
            insert_absent(self._db.migrations, [{"_id": migration.number, "name": migration.name, "begun_at": now()}])
            yield from migration.up(self._db) or ()

    def record(self, migration: Migration) -> None:
        with unavailable_on_failure():
            self._db.migrations.update_one({"_id": migration.number}, {"$set": {"finished_at": now()}})


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
