"""Records how far a MongoDB database is migrated; several processes may do the same steps at the same time."""

from collections.abc import Iterator
from datetime import UTC, datetime

from message_service.stores.migrating import Begun, Migration, Progress
from message_service.stores.mongodb.database import Document, MongoDatabase, insert_absent, unavailable_on_failure

# The steps done in databases from before this record; doing these again changes nothing.
BEFORE_RECORD = 5


class MongodbMigrations:
    """See `message_service.stores.migrating.MigratedStore`."""

    def __init__(self, db: MongoDatabase) -> None:
        self._db = db

    @property
    def name(self) -> str:
        return self._db.name

    def begun(self) -> list[Begun]:
        with self._db.deciding():
            if noted := [begun_of(document) for document in self._db.migrations.find()]:
                return noted
            if self._db.events.find_one({}, {"_id": 1}) is None:
                return []
        return [Begun(number=BEFORE_RECORD, name="", oldest=BEFORE_RECORD, is_finished=False)]

    def apply(self, migration: Migration) -> None:
        for _ in self.batches(migration):
            pass
        self.record(migration)

    def batches(self, migration: Migration) -> Iterator[Progress]:
        with unavailable_on_failure():
            # Programs from before `oldest` look for the highest number, and refuse each that they do not know.
            insert_absent(self._db.migrations, [document_of(migration)])
            yield from migration.up(self._db) or ()

    def record(self, migration: Migration) -> None:
        with unavailable_on_failure():
            self._db.migrations.update_one({"_id": migration.number}, {"$set": {"finished_at": now()}})


def document_of(migration: Migration) -> Document:
    return {"_id": migration.number, "name": migration.name, "begun_at": now(), "oldest": migration.oldest}


def begun_of(document: Document) -> Begun:
    """Return the step; documents from before `oldest` are of steps that let no older program in."""
    number = int(document["_id"])
    return Begun(
        number=number,
        name=str(document["name"]),
        oldest=int(document.get("oldest", number)),
        is_finished="finished_at" in document,
    )


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
