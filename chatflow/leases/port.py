"""Leases in Redis: which processes live, and so who owns a partition. Speed depends on it, correctness does not."""

import asyncio
import contextlib
import hashlib
import time
from collections.abc import Callable

import structlog
from prometheus_client import Gauge

from chatflow.leases.redis import REDIS_FAILURES, Lease, LeaseSet, connect, new_lease
from chatflow.process.ending import end
from chatflow.process.vital import start_vital

__all__ = ["REDIS_FAILURES", "Lease", "LeaseKeeper", "LeaseTable", "connect", "new_lease", "owner_among"]

log = structlog.get_logger(__name__)

# A dead process is noticed when its lease ends: 3 s leaves 2 s of the promised 5 s for taking over.
LEASE_SECONDS = 3.0
RENEW_SECONDS = 1.0
WATCH_SECONDS = 0.5

LIVE = Gauge("chatflow_leases_live", "Processes that have a lease, as this process knows them.", ["kind"])


class LeaseKeeper:
    """Renews one process's lease until it is released.

    `on_valid` is called whenever the lease becomes valid, also again after it could not be renewed for a while;
    `on_missing` when Redis had no trace of it, and so may have lost everything else that this process keeps there.
    """

    def __init__(
        self,
        redis_url: str,
        *,
        kind: str,
        lease: Lease,
        on_valid: Callable[[], None] = lambda: None,
        on_missing: Callable[[], None] = lambda: None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._leases = LeaseSet(redis_url, kind=kind)
        self._lease = lease
        self._on_valid = on_valid
        self._on_missing = on_missing
        self._monotonic = monotonic
        self._valid_until = 0.0
        self._task: asyncio.Task[None] | None = None

    @property
    def is_valid(self) -> bool:
        """Whether others must still consider this process alive, by this process's own clock."""
        return self._monotonic() < self._valid_until

    async def start(self) -> None:
        await self._renew()
        self._task = start_vital(self._keep(), name="lease")

    async def release(self) -> None:
        """End the lease, so that others can take over at once."""
        await end(self._task)
        self._valid_until = 0.0
        with contextlib.suppress(*REDIS_FAILURES):  # the lease ends by itself
            await self._leases.release(self._lease)
        await self._leases.close()

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            await self._renew()

    async def _renew(self) -> None:
        # Counted from before the call, so that the lease may be valid a little longer than we think, but never shorter.
        begun = self._monotonic()
        try:
            renewed = await self._leases.renew(self._lease, seconds=LEASE_SECONDS)
        except REDIS_FAILURES as error:
            log.warning("the lease was not renewed", process=self._lease.id, error=str(error))
        else:
            is_news = begun >= self._valid_until
            self._valid_until = begun + LEASE_SECONDS
            if is_news:
                self._on_valid()
            elif renewed.has_rival:
                # No message is lost, but each takes the other's commands, and gateways recheck the rooms of both.
                log.error(
                    "another process has this name too: give each its own CHATFLOW_PROCESS_NAME", name=self._lease.id
                )
            if not renewed.was_there:
                self._on_missing()


class LeaseTable:
    """All live leases of a kind, kept up to date; while Redis is away, the last known ones stay valid."""

    def __init__(self, redis_url: str, *, kind: str, on_change: Callable[[], None]) -> None:
        self._leases = LeaseSet(redis_url, kind=kind)
        self._gauge = LIVE.labels(kind)
        self._on_change = on_change
        self._owners: dict[int, Lease | None] = {}
        self._task: asyncio.Task[None] | None = None
        self.live: dict[str, Lease] = {}

    async def start(self) -> None:
        await self.refresh()
        self._task = start_vital(self._watch(), name="leases")

    async def close(self) -> None:
        await end(self._task)
        await self._leases.close()

    def owner_of(self, partition: int) -> Lease | None:
        """Return the live process that owns the partition, or None if no process lives."""
        if partition not in self._owners:
            self._owners[partition] = owner_among(self.live, partition)
        return self._owners[partition]

    async def find(self, process: str) -> Lease | None:
        """Look up one process that may be too new to be in the table."""
        try:
            return await self._leases.find(process)
        except REDIS_FAILURES:
            return None

    async def refresh(self) -> None:
        """Read the leases now."""
        try:
            live = await self._leases.read()
        except REDIS_FAILURES as error:
            log.warning("the leases cannot be read", error=str(error))
            return
        self._gauge.set(len(live))
        if live != self.live:
            self.live = live
            self._owners.clear()
            self._on_change()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            await self.refresh()


def owner_among(live: dict[str, Lease], partition: int) -> Lease | None:
    """Rendezvous hashing: each process gets a number for the partition, and the highest number owns it.

    So a process that comes or goes moves only its own share.
    """
    return max(live.values(), key=lambda lease: draw(partition, lease.id), default=None)


def draw(partition: int, process: str) -> bytes:
    return hashlib.blake2b(f"{partition}/{process}".encode(), digest_size=8).digest()
