"""Brings a store up to date with this program: numbered steps, each recorded in the store once it is done.

A step is a module in the store's package of migrations, `m0004_invitations`, whose `up(store)` may be stopped anywhere
and begun again. A step that takes long with many messages says `IN_BACKGROUND = True` and yields its progress after
each batch: the store is in use meanwhile, so its readers understand both forms until the step is done.

`OLDEST = 9` says that a program whose newest step is 9 may still open a store that has begun this one. It works there
as it always did, and leaves steps that it does not know to the newer program. A step that says nothing lets no older
program in.
"""

import importlib
import pkgutil
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any, NamedTuple, Protocol

import prometheus_client
import structlog

from chatflow.process.settings import SettingsError

log = structlog.get_logger(__name__)

NAME = re.compile(r"m(?P<number>\d{4})_(?P<name>\w+)")
TRY_AGAIN_SECONDS = 10.0
TELL_EVERY_SECONDS = 10.0
STOPPED_WITHIN_SECONDS = 5.0
# Of the first program that asks what a step says here. Those before it refuse every store with a step that they do not
# know, so no step can let them in.
FIRST_THAT_ASKS = 9

PROGRESS = prometheus_client.Gauge(
    "chatflow_migration_progress", "How much of a migration in the background is done, from 0 to 1.", ["migration"]
)


class StoreIsNewer(SettingsError):
    """A newer program has written to this store, so this one would misread it."""


class Progress(NamedTuple):
    done: int
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    number: int
    name: str
    up: Callable[[Any], Iterator[Progress] | None]
    in_background: bool
    # The number of the newest step that a program has to know at least, to open a store that has begun this one.
    oldest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What a store has kept of a step, which need not be one that this program knows."""

    number: int
    name: str
    oldest: int
    is_finished: bool


class MigratedStore(Protocol):
    """What the runner needs of a store. Everything that it writes is durable when it returns."""

    @property
    def name(self) -> str:
        """Where the store is, for a person who has to do something about it."""

    def begun(self) -> list[Begun]:
        """Return the steps that were ever begun here; none for a new store."""

    def apply(self, migration: Migration) -> None:
        """Do a step in one go, and record it with what it asks for."""

    def batches(self, migration: Migration) -> Iterator[Progress]:
        """Record that a step is begun, with what it asks for, then do one batch of it for each item that is taken."""

    def record(self, migration: Migration) -> None:
        """Record that a step is done."""


class Migrating:
    """Takes one store to the newest step. `run` is called once, before the store is used."""

    def __init__(self, store: MigratedStore, migrations: Sequence[Migration]) -> None:
        self._store = store
        self._migrations = migrations
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def run(self) -> None:
        """Do the steps that are done at once, and start those that run in the background."""
        begun = self._store.begun()
        self._refuse_or_tell_what_is_newer(begun)
        finished = {step.number for step in begun if step.is_finished}
        lacking = [migration for migration in self._migrations if migration.number not in finished]
        # A new store has no messages for such a step to work on.
        later = [migration for migration in lacking if migration.in_background and begun]
        for migration in lacking:
            if migration not in later:
                self._store.apply(migration)
        if later:
            # A step that was done at once may have done theirs on its way.
            finished = {step.number for step in self._store.begun() if step.is_finished}
            later = [migration for migration in later if migration.number not in finished]
        if later:
            self._thread = threading.Thread(target=self._work, args=(later,), name="migrations", daemon=True)
            self._thread.start()

    def _refuse_or_tell_what_is_newer(self, begun: Sequence[Begun]) -> None:
        """Compare what the steps in the store ask for with what this program knows."""
        newest = self._migrations[-1].number
        oldest = max((step.oldest for step in begun), default=0)
        if oldest > newest:
            raise StoreIsNewer(
                f"{self._store.name}: the store is of a newer version: only a program that knows step {oldest} may "
                f"open it, and this one knows steps up to {newest}; start the newer program, or restore a backup from "
                "before it"
            )
        if unknown := [step for step in begun if step.number > newest]:
            log.warning(
                "the store is of a newer version, and this program may open it; steps that it does not know are left "
                "as they are, and go on in the background only where the newer program runs",
                store=self._store.name,
                unknown=[f"{step.number} {step.name}" for step in unknown],
                unfinished=[f"{step.number} {step.name}" for step in unknown if not step.is_finished],
                newest=newest,
            )

    def wait(self, timeout_seconds: float) -> bool:
        """Wait for the steps in the background; false if they are not done by then."""
        if self._thread is not None:
            self._thread.join(timeout_seconds)
        return self._thread is None or not self._thread.is_alive()

    def close(self) -> None:
        """Stop after the current batch; the next start goes on from there."""
        self._stopping.set()
        self.wait(STOPPED_WITHIN_SECONDS)

    def _work(self, migrations: Sequence[Migration]) -> None:
        for migration in migrations:
            while not self._stopping.is_set() and not self._finish(migration):
                self._stopping.wait(TRY_AGAIN_SECONDS)

    def _finish(self, migration: Migration) -> bool:
        """Do a step's batches; false if it was stopped or failed on the way."""
        progress = PROGRESS.labels(migration.name)
        log.info("a migration goes on in the background", migration=migration.name)
        try:
            told_at = batch_at = time.monotonic()
            for done, of in self._store.batches(migration):
                progress.set(done / max(of, 1))
                now = time.monotonic()
                if now - told_at >= TELL_EVERY_SECONDS:
                    log.info("a migration goes on in the background", migration=migration.name, done=done, of=of)
                    told_at = now
                # Pause for as long as the batch took, so that others can write for half of the time.
                if self._stopping.wait(now - batch_at):
                    return False
                batch_at = time.monotonic()
            self._store.record(migration)
        except Exception:
            # Whatever the error is, the store works without the step; it is begun again from where it stopped.
            log.exception("a migration failed and is tried again", migration=migration.name)
            return False
        progress.set(1)
        log.info("a migration is done", migration=migration.name)
        return True


def migrations_in(package: ModuleType) -> list[Migration]:
    """Return a package's steps by number; they are numbered 1, 2, 3… without a gap."""
    found = sorted(name for _, name, _ in pkgutil.iter_modules(package.__path__))
    migrations = [migration_of(importlib.import_module(f"{package.__name__}.{name}")) for name in found]
    if [migration.number for migration in migrations] != list(range(1, len(migrations) + 1)):
        raise LookupError(f"{package.__name__}: migrations are numbered without a gap, not {found}")
    return migrations


def migration_of(module: ModuleType) -> Migration:
    match = NAME.fullmatch(module.__name__.rpartition(".")[2])
    if match is None:
        raise LookupError(f"{module.__name__} is not the name of a migration")
    number = int(match["number"])
    oldest = getattr(module, "OLDEST", number)
    if not min(number, FIRST_THAT_ASKS) <= oldest <= number:
        raise LookupError(f"{module.__name__}: OLDEST is from {FIRST_THAT_ASKS} to {number}, not {oldest}")
    return Migration(
        number=number,
        name=match["name"],
        up=module.up,
        in_background=getattr(module, "IN_BACKGROUND", False),
        oldest=oldest,
    )
