"""The MongoDB database of the message store: collections, indexes, durability, and the meaning of its errors."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pymongo
import structlog
from pymongo import IndexModel, MongoClient, UpdateOne
from pymongo.collection import Collection
from pymongo.errors import BulkWriteError, ConfigurationError, InvalidURI, PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.read_preferences import ReadPreference
from pymongo.write_concern import WriteConcern

from chatflow.errors import TimedOut, Unavailable
from chatflow.process.secret_texts import mask_password
from chatflow.process.settings import SettingsError
from message_service.stores.mongodb.causal_sessions import CausalSessions, NoSessions
from message_service.stores.query_deadlines import seconds_left

log = structlog.get_logger(__name__)

Document = dict[str, Any]

DATABASE = "chatflow"
# Workers give an append 2 s; whatever takes longer has to be asked for again anyway.
TIMEOUTS = {"serverSelectionTimeoutMS": 2000, "connectTimeoutMS": 2000, "socketTimeoutMS": 10_000}
MAJORITY_WITHIN_MS = 5000
DUPLICATE_KEY = 11000
DURABLE = WriteConcern(w="majority", j=True, wtimeout=MAJORITY_WITHIN_MS)
# A fence need not outlive a power cut: what was decided behind it is written durably, or not at all.
CONFIRMED = WriteConcern(w="majority", wtimeout=MAJORITY_WITHIN_MS)
# An index of a large collection takes minutes; nobody waits for it.
INDEX_WITHIN_SECONDS = 24 * 3600.0


class MongoDatabase:
    """Connects at first use. Reads from the primary, and on a replica set only what a majority has."""

    def __init__(self, url: str) -> None:
        try:
            # Options in the URL override our defaults.
            self._client: MongoClient[Document] = MongoClient(with_timeouts(url))
            database = self._client.get_default_database(DATABASE)
        except (ConfigurationError, InvalidURI) as error:
            raise SettingsError(f"CHATFLOW_MESSAGE_STORE_URL {mask_password(url)}: {error}") from None
        self._database = database.with_options(read_preference=ReadPreference.PRIMARY, write_concern=DURABLE)
        self._sessions: CausalSessions | NoSessions = NoSessions()
        # Of the migrations whose indexes let no two channels claim a name or a look, those known to be done.
        self.guards: frozenset[str] = frozenset()

    @property
    def events(self) -> Collection[Document]:
        """The log; an event that creates a message carries the message in its current state."""
        return self._database["events"]

    @property
    def rooms(self) -> Collection[Document]:
        return self._database["rooms"]

    @property
    def memberships(self) -> Collection[Document]:
        return self._database["memberships"]

    @property
    def people(self) -> Collection[Document]:
        return self._database["people"]

    @property
    def thread_follows(self) -> Collection[Document]:
        """People's own choices to follow a thread or not; a person who writes in one follows it without a choice."""
        return self._database["thread_follows"]

    @property
    def thread_people(self) -> Collection[Document]:
        """Who follows a thread, how far they have read it, and when somebody last replied."""
        return self._database["thread_people"]

    @property
    def answers(self) -> Collection[Document]:
        """Messages that answer others, by whom they answer."""
        return self._database["answers"]

    @property
    def inbox_done(self) -> Collection[Document]:
        """Messages that people say are done in their inbox."""
        return self._database["inbox_done"]

    @property
    def invites(self) -> Collection[Document]:
        return self._database["invites"]

    @property
    def announced_trims(self) -> Collection[Document]:
        """Announced trims: what retention will take from a room once the announcement has stood for a while."""
        return self._database["announced_trims"]

    @property
    def clock(self) -> Collection[Document]:
        """One document: the log's time, and what confirms it."""
        return self._database["clock"]

    @property
    def reactions(self) -> Collection[Document]:
        return self._database["reactions"]

    @property
    def migrations(self) -> Collection[Document]:
        """The steps that this database has been through, by number."""
        return self._database["migrations"]

    @property
    def name(self) -> str:
        return f"MongoDB database {self._database.name}"

    def choose_read_concern(self) -> None:
        """Read only what a majority has, in causal sessions, if the server supports that."""
        hello = self._client.admin.command("hello")
        if "setName" in hello or hello.get("msg") == "isdbgrid":
            self._database = self._database.with_options(read_concern=ReadConcern("majority"))
            self._sessions = CausalSessions(self._client, write_fence=self._write_fence)
        else:
            log.warning("this MongoDB is not a replica set: what its disk loses is lost")

    def _write_fence(self) -> None:
        fences = self._database.get_collection("fences", write_concern=CONFIRMED)
        fences.update_one({"_id": "messages"}, {"$inc": {"passed": 1}}, upsert=True)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Wrap what stores no events, in a session: it sees what this process has been told before."""
        with unavailable_on_failure(), self._sessions.opened():
            yield

    @contextmanager
    def deciding(self) -> Iterator[None]:
        """Wrap reads by which something is decided that no write confirms: they see all that was acknowledged."""
        with self.reading():
            self.fence()
            yield

    @contextmanager
    def session(self) -> Iterator[None]:
        with self._sessions.opened():
            yield

    def fence(self) -> None:
        """Take the current session to a time after this call that only the real primary can tell."""
        self._sessions.fence(within_seconds=seconds_left())

    def advance(self) -> None:
        """Take the current session to what the threads beside it have written."""
        self._sessions.advance()

    def build_indexes(self, collection: Collection[Document], indexes: Sequence[IndexModel]) -> None:
        """Build what is missing, however long it takes."""
        with pymongo.timeout(INDEX_WITHIN_SECONDS):
            collection.create_indexes(list(indexes))

    def ping(self) -> None:
        self._client.admin.command("ping")

    def close(self) -> None:
        self._client.close()


def with_timeouts(url: str) -> str:
    """Add our timeouts to those that the URL names."""
    missing = [f"{name}={value}" for name, value in TIMEOUTS.items() if name.lower() not in url.lower()]
    bare = url if "?" in url or "/" in url.partition("://")[2] else f"{url}/"
    return f"{bare}{'&' if '?' in url else '?'}{'&'.join(missing)}" if missing else url


@contextmanager
def unavailable_on_failure() -> Iterator[None]:
    """Wrap writes that store no events: if one fails, nothing was done that anybody would miss.

    The deadline of the request ends all of it.
    """
    try:
        with pymongo.timeout(seconds_left()):
            yield
    except PyMongoError as error:
        log.warning("the store is not available", reason=str(error))
        raise Unavailable("The message store cannot be used right now.", retry_after=1.0) from error


@contextmanager
def unknown_on_failure() -> Iterator[None]:
    """Wrap writes that may have written events when they fail."""
    try:
        yield
    except (PyMongoError, Unavailable) as error:
        log.warning("the outcome of a write is unknown", reason=str(error))
        raise TimedOut("The store does not know whether it was written.") from error


def insertion(document: Document, **changes: Document) -> UpdateOne:
    """Return a write that inserts the document unless there is one with its id; the changes are made either way."""
    fields = {name: value for name, value in document.items() if name != "_id"}
    return UpdateOne({"_id": document["_id"]}, {"$setOnInsert": fields, **changes}, upsert=True)


def insert_absent(collection: Collection[Document], documents: Sequence[Document]) -> None:
    """Insert the documents that are not there yet."""
    if documents:
        collection.bulk_write([insertion(document) for document in documents], ordered=False)


def refuse_other_than_duplicates(error: BulkWriteError) -> None:
    problems = error.details.get("writeErrors", [])
    if error.details.get("writeConcernErrors") or any(problem["code"] != DUPLICATE_KEY for problem in problems):
        raise error
