"""Builds that break one promise each on purpose; a fault run has to catch them, or it would prove nothing.

Each is a patch of one service's process, made before it starts.
"""

import importlib
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from chatflow.ids import new_id
from chatflow.protocol.events import MessageCreated


def ack_before_store() -> None:
    """The worker answers messages before it stores them."""
    reply_to_stored = importlib.import_module("chat_service.commit.replies").reply_to_stored

    def answer_early(committer: Any, decided: Any) -> None:
        for pending, step in zip(decided.commands, decided.steps, strict=True):
            if is_message(step):
                committer._lanes.answer(pending, ok=reply_to_stored(pending.command.body, step.entry))

    after_deciding(answer_early)


def publish_before_store() -> None:
    """The worker publishes messages before they are in the log."""

    def publish_early(committer: Any, decided: Any) -> None:
        if all(map(is_message, decided.steps)):
            committer._publisher.add_stored([step.entry for step in decided.steps])

    after_deciding(publish_early)


def refusal_without_check() -> None:
    """The worker sends refusals without asking the log whether its state is still true."""

    def refuse_early(committer: Any, decided: Any) -> None:
        for pending, refusal in zip(decided.commands, decided.refusals, strict=True):
            if refusal is not None:
                committer._lanes.answer(pending, ok=None, error=refusal)

    after_deciding(refuse_early)


def no_dedupe() -> None:
    """The gateway gives every attempt at a command an op of its own."""
    deciding: Any = importlib.import_module("chat_service.deciding.deciding")
    entry_of = deciding.entry_of

    def entry_with_a_new_op(*args: Any, **kwargs: Any) -> Any:
        entry = entry_of(*args, **kwargs)
        return msgspec.structs.replace(entry, op=f"{entry.op}/{new_id()}")

    deciding.entry_of = entry_with_a_new_op


def no_gap_check() -> None:
    """The gateway delivers any event that is newer than the last one, without waiting for the missing ones."""
    cursor: Any = importlib.import_module("gateway.delivery.cursor").Cursor

    def accept(self: Any, event: Any) -> list[Any]:
        if event.seq <= self.head:
            return []
        self._pass(event)
        return [event]

    cursor.accept = accept
    cursor.is_behind = property(lambda self: False)


def unsynced_store() -> None:
    """The store answers without syncing the disk."""
    connections: Any = importlib.import_module("message_service.stores.sqlite.database")
    connections.PRAGMAS = (*connections.PRAGMAS, "PRAGMA synchronous = OFF")


def unsynced_accounts() -> None:
    """The database of accounts commits without syncing the disk."""
    database: Any = importlib.import_module("user_service.database")
    database.SQLITE_PRAGMAS = database.SQLITE_PRAGMAS.replace("synchronous=FULL", "synchronous=OFF")


def believed_clock() -> None:
    """The log's time is the wall clock, and messages that are too old by it are taken at once."""
    log_clock: Any = importlib.import_module("message_service.retention.log_clock")
    log_clock.LogClock.read = lambda self: time.time()
    log_clock.LogClock.for_retention = lambda self: log_clock.RetentionTime(now=time.time())


def is_message(step: Any) -> bool:
    """Spare commands that found rooms, without which nobody could send anything."""
    return step.entry is not None and isinstance(step.entry.event, MessageCreated)


def after_deciding(do: Callable[[Any, Any], None]) -> None:
    """Do something with each run that a worker has decided, before it is appended; what that tells leaves at once."""
    committer: Any = importlib.import_module("chat_service.commit.committer").Committer
    decide_batch = committer._decide_batch

    def decide_and_do(self: Any) -> Any:
        batch = decide_batch(self)
        for decided in batch:
            do(self, decided)
        return batch

    committer._decide_batch = decide_and_do


# In place of an invariant: the fault itself says so.
BROKEN_PROMISE = "broken promise"


class Sabotage(NamedTuple):
    """Which service it spoils, and how; which faults bring it to light, and what is violated then, at the least."""

    service: str
    spoil: Callable[[], None]
    faults: tuple[str, ...]
    violates: frozenset[str]


SABOTAGES = {
    "ack-before-store": Sabotage(
        "chat_service", ack_before_store, ("SIGKILL of chat_service before store",), frozenset({"C1"})
    ),
    "no-gap-check": Sabotage("gateway", no_gap_check, ("SIGKILL of chat_service after store",), frozenset({"C4"})),
    "no-dedupe": Sabotage("chat_service", no_dedupe, ("SIGKILL of chat_service after store",), frozenset({"C2"})),
    "publish-before-store": Sabotage(
        "chat_service",
        publish_before_store,
        ("SIGKILL of chat_service before store with a cut of all clients",),
        frozenset({"C2"}),
    ),
    "unsynced-store": Sabotage(
        "message_service", unsynced_store, ("power cut of message_service after commit",), frozenset({BROKEN_PROMISE})
    ),
    "unsynced-accounts": Sabotage(
        "user_service", unsynced_accounts, ("power cut of user_service",), frozenset({BROKEN_PROMISE})
    ),
    "believed-clock": Sabotage(
        "message_service", believed_clock, ("clock of the machine jumps weeks ahead",), frozenset({"C15"})
    ),
    "refusal-without-check": Sabotage(
        "chat_service", refusal_without_check, ("SIGKILL of chat_service after store",), frozenset({"C5"})
    ),
}
