"""Who is alive: a lease per process in Redis, and by it who owns a partition. For speed only, never for correctness."""

import asyncio
import contextlib
import hashlib
import time
from collections.abc import Callable

import msgspec
import structlog
from prometheus_client import Gauge

from chatflow.errors import UNREADABLE
from chatflow.hidden_imports import hidden_imports
from chatflow.ids import new_id
from chatflow.vital import start_vital

# It would instrument itself with the SDK that our log exporter brings, which no metric of ours asks for.
with hidden_imports("opentelemetry"):
    import redis.asyncio
    import redis.exceptions

log = structlog.get_logger(__name__)

# What a call may raise while Redis is away. uvloop says RuntimeError where a connection was closed under a write, which
# redis-py hands on as it is; a task that does not expect it is gone for good, and a worker without a lease with it.
REDIS_FAILURES = (redis.exceptions.RedisError, OSError, RuntimeError)

# A dead process is noticed when its lease ends: 3 s leaves 2 s of the promised 5 s for taking over.
LEASE_SECONDS = 3.0
RENEW_SECONDS = 1.0
WATCH_SECONDS = 0.5
REDIS_TIMEOUT_SECONDS = 1.0
CANCEL_AGAIN_SECONDS = 0.1

LIVE = Gauge("chatflow_leases_live", "Processes that hold a lease, as this process knows them.", ["kind"])


class Lease(msgspec.Struct, frozen=True):
    """A process's name, and which of its lives this is; `address` is where others reach it."""

    id: str
    epoch: str
    address: str = ""


def new_lease(process_name: str, *, address: str = "") -> Lease:
    return Lease(id=process_name, epoch=new_id(), address=address)


class LeaseKeeper:
    """Holds one process's lease until it is released or cannot be renewed.

    `on_held` is called when it comes to be held, also for another time after it could not be renewed; `on_missing` when
    Redis had no trace of it, and so may have lost whatever else this process keeps there.
    """

    def __init__(
        self,
        redis_url: str,
        *,
        kind: str,
        lease: Lease,
        on_held: Callable[[], None] = lambda: None,
        on_missing: Callable[[], None] = lambda: None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._redis = connect(redis_url)
        self._key = f"lease:{kind}:{lease.id}"
        self._value = msgspec.json.encode(lease)
        self._on_held = on_held
        self._on_missing = on_missing
        self._monotonic = monotonic
        self._held_until = 0.0
        self._task: asyncio.Task[None] | None = None

    @property
    def held(self) -> bool:
        """Whether others must still take this process for alive, by this process's own clock."""
        return self._monotonic() < self._held_until

    async def start(self) -> None:
        await self._renew()
        self._task = start_vital(self._keep(), name="lease")

    async def release(self) -> None:
        """Let others take over at once."""
        await cancelled(self._task)
        self._held_until = 0.0
        with contextlib.suppress(*REDIS_FAILURES):  # it ends by itself
            await self._redis.delete(self._key)
        await self._redis.aclose()

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            await self._renew()

    async def _renew(self) -> None:
        # Counted from before the call: the key may live a little longer than we think, never shorter.
        begun = self._monotonic()
        try:
            async with self._redis.pipeline(transaction=False) as pipeline:
                pipeline.get(self._key)
                pipeline.set(self._key, self._value, px=int(LEASE_SECONDS * 1000))
                found, _ = await pipeline.execute()
        except REDIS_FAILURES as error:
            log.warning("the lease was not renewed", key=self._key, error=str(error))
        else:
            is_news = begun >= self._held_until
            self._held_until = begun + LEASE_SECONDS
            if is_news:
                self._on_held()
            elif found not in (None, self._value):
                # Nothing is lost by it, but each takes the other's commands, and gateways doubt the events of both.
                log.error("another process goes by this name; CHATFLOW_PROCESS_NAME tells them apart", key=self._key)
            if found is None:
                self._on_missing()


class LeaseTable:
    """All live leases of a kind, watched; while Redis is away the last known ones stand."""

    def __init__(self, redis_url: str, *, kind: str, on_change: Callable[[], None]) -> None:
        self._redis = connect(redis_url)
        self._key = f"lease:{kind}:{{}}"
        self._gauge = LIVE.labels(kind)
        self._on_change = on_change
        self._owners: dict[int, Lease | None] = {}
        self._task: asyncio.Task[None] | None = None
        self.live: dict[str, Lease] = {}

    async def start(self) -> None:
        await self.refresh()
        self._task = start_vital(self._watch(), name="leases")

    async def close(self) -> None:
        await cancelled(self._task)
        await self._redis.aclose()

    def owner_of(self, partition: int) -> Lease | None:
        """Return the live process that owns the partition, or None where none lives."""
        if partition not in self._owners:
            self._owners[partition] = owner_among(self.live, partition)
        return self._owners[partition]

    async def find(self, process: str) -> Lease | None:
        """Look up one process that may be too young to be in the table."""
        try:
            value = await self._redis.get(self._key.format(process))
        except REDIS_FAILURES:
            return None
        return None if value is None else read_lease(value)

    async def refresh(self) -> None:
        """Look now."""
        try:
            keys = [key async for key in self._redis.scan_iter(match=self._key.format("*"), count=1000)]
            values = await self._redis.mget(keys) if keys else []
        except REDIS_FAILURES as error:
            log.warning("the leases cannot be read", error=str(error))
            return
        leases = [lease for value in values if value is not None and (lease := read_lease(value)) is not None]
        live = {lease.id: lease for lease in leases}
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
    """Rendezvous hashing: each process draws a number for the partition, and the highest has it.

    So a process that comes or goes moves only its own share.
    """
    return max(live.values(), key=lambda lease: draw(partition, lease.id), default=None)


def draw(partition: int, process: str) -> bytes:
    return hashlib.blake2b(f"{partition}/{process}".encode(), digest_size=8).digest()


def read_lease(value: bytes | str) -> Lease | None:
    try:
        return msgspec.json.decode(value, type=Lease)
    except UNREADABLE:
        log.warning("a lease is not readable and is left out")
        return None


def connect(redis_url: str) -> redis.asyncio.Redis:
    return redis.asyncio.Redis.from_url(
        redis_url, socket_timeout=REDIS_TIMEOUT_SECONDS, socket_connect_timeout=REDIS_TIMEOUT_SECONDS
    )


async def cancelled(task: asyncio.Task[None] | None) -> None:
    """Cancel a task and wait for its end, whatever that is.

    One word is not always enough: redis-py sends by `asyncio.wait_for`, which in Python 3.11 forgets a cancellation
    that comes in the moment in which it is done.
    """
    while task is not None and not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=CANCEL_AGAIN_SECONDS)
