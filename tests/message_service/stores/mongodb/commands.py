"""What a store says to its server, heard by the driver's own monitoring."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import bson
from pymongo import monitoring

READS = ("find", "aggregate", "distinct", "count")
WRITES = ("insert", "update", "delete")
# What a driver says for itself.
HOUSEKEEPING = {"endSessions", "hello", "ping", "killCursors"}


class Command(NamedTuple):
    name: str
    collection: str
    body: dict[str, Any]

    @property
    def is_fence(self) -> bool:
        return self.collection == "fences"


class Recorder(monitoring.CommandListener):
    """Hears every client that is made from now on; keeps what concerns a database while somebody listens."""

    def __init__(self) -> None:
        self.listening: dict[str, list[Command]] = {}

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        heard = self.listening.get(event.database_name)
        if heard is not None and event.command_name not in HOUSEKEEPING:
            # As it is sent: what is said in answer to it is not to change it.
            body = bson.decode(bson.encode(event.command))
            heard.append(Command(event.command_name, str(body[event.command_name]), body))

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        pass

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        pass


RECORDER = Recorder()
monitoring.register(RECORDER)


@contextmanager
def heard_of(url: str) -> Iterator[list[Command]]:
    """Hear what is said about the database of this url."""
    database = url.partition("?")[0].rpartition("/")[2]
    heard: list[Command] = []
    RECORDER.listening[database] = heard
    try:
        yield heard
    finally:
        del RECORDER.listening[database]
