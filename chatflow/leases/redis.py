"""Leases in Redis: one sorted set for each kind, whose scores say until when each lease is valid.

Times are by the clock of Redis, so that processes whose clocks disagree still agree on who is alive. A member is a
whole lease with its epoch, so that a process can remove no lease but its own.

Programs from before these sets keep a key for each lease and find leases by SCAN. So that both see each other while one
replaces the other, that key is still written, and a process that listens for commands or answers but is not
in the set is looked up by it. A later version removes what is marked `former` here.
"""

from typing import Any, NamedTuple

import msgspec
import redis.asyncio
import redis.exceptions
import structlog

from chatflow.errors import UNREADABLE
from chatflow.ids import new_id
from chatflow.wire.bus import COMMANDS_CHANNEL, REPLIES_CHANNEL

log = structlog.get_logger(__name__)

# What a call may raise while Redis is away. uvloop raises RuntimeError if a connection was closed under a write, and
# redis-py passes it on. A task that does not expect it ends for good, and leaves a worker without a lease.
REDIS_FAILURES = (redis.exceptions.RedisError, OSError, RuntimeError)
REDIS_TIMEOUT_SECONDS = 1.0

# KEYS: the set, the former key. ARGV: the lease, its milliseconds. Returns until when it was valid, or false.
RENEW = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local valid_until = redis.call('ZSCORE', KEYS[1], ARGV[1])
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
return valid_until
"""
# The same keys. Another process may have this name by now, and its lease is not ours to end.
RELEASE = """
redis.call('ZREM', KEYS[1], ARGV[1])
if redis.call('GET', KEYS[2]) == ARGV[1] then redis.call('DEL', KEYS[2]) end
"""
# A process that has a lease of this kind listens on a channel that begins like this.
FORMER_CHANNELS = {
    "worker": COMMANDS_CHANNEL.format(worker_id=""),
    "gateway": REPLIES_CHANNEL.format(gateway_id=""),
}


class Lease(msgspec.Struct, frozen=True):
    """A process's name, and which of its lives this is; `address` is where others reach it."""

    id: str
    epoch: str
    address: str = ""


class Renewed(NamedTuple):
    """Whether the lease was still there, and whether another process of this name has renewed its own since."""

    was_there: bool
    has_rival: bool


def new_lease(process_name: str, *, address: str = "") -> Lease:
    return Lease(id=process_name, epoch=new_id(), address=address)


class LeaseSet:
    """All leases of a kind; each call raises one of `REDIS_FAILURES` while Redis is away."""

    def __init__(self, redis_url: str, *, kind: str) -> None:
        self._redis = connect(redis_url)
        self._key = f"leases:{kind}"
        self._former_key = f"lease:{kind}:{{}}"
        self._former_channels = FORMER_CHANNELS[kind]

    async def renew(self, lease: Lease, *, seconds: float) -> Renewed:
        """Make the lease valid for so many seconds from now on."""
        value = msgspec.json.encode(lease)
        async with self._redis.pipeline(transaction=False) as pipeline:
            pipeline.zrange(self._key, 0, -1, withscores=True)
            pipeline.eval(RENEW, 2, *self._keys_of(lease), value, str(int(seconds * 1000)))
            found, valid_until = await pipeline.execute()
        if valid_until is None:
            return Renewed(was_there=False, has_rival=False)
        rivals = [until for member, until in found if member != value and is_of(member, lease.id)]
        return Renewed(was_there=True, has_rival=any(until > float(valid_until) for until in rivals))

    async def release(self, lease: Lease) -> None:
        await self._redis.eval(RELEASE, 2, *self._keys_of(lease), msgspec.json.encode(lease))

    async def read(self) -> dict[str, Lease]:
        """Return the live leases by name; of several with one name, the one that was renewed last."""
        async with self._redis.pipeline(transaction=False) as pipeline:
            pipeline.time()
            pipeline.zrange(self._key, 0, -1, withscores=True)
            pipeline.pubsub_channels(f"{self._former_channels}*")
            (seconds, microseconds), found, channels = await pipeline.execute()
        now = seconds * 1000 + microseconds / 1000
        # They come ordered by score.
        leases = [lease for member, until in found if until > now and (lease := read_lease(member)) is not None]
        live = {lease.id: lease for lease in leases}
        return live | await self._former({name_in(channel) for channel in channels} - live.keys())

    async def find(self, process: str) -> Lease | None:
        live = await self.read()
        return live.get(process) or (await self._former({process})).get(process)

    async def close(self) -> None:
        await self._redis.aclose()

    def _keys_of(self, lease: Lease) -> tuple[str, str]:
        return self._key, self._former_key.format(lease.id)

    async def _former(self, processes: set[str]) -> dict[str, Lease]:
        names = sorted(processes)
        values = await self._redis.mget([self._former_key.format(name) for name in names]) if names else []
        leases = [lease for value in values if value is not None and (lease := read_lease(value)) is not None]
        return {lease.id: lease for lease in leases}


def name_in(channel: bytes) -> str:
    return channel.decode(errors="replace").partition(".")[2]


def is_of(member: bytes, process: str) -> bool:
    lease = read_lease(member)
    return lease is not None and lease.id == process


def read_lease(value: bytes) -> Lease | None:
    try:
        return msgspec.json.decode(value, type=Lease)
    except UNREADABLE:
        log.warning("a lease is not readable and is left out")
        return None


def connect(redis_url: str) -> Any:
    return redis.asyncio.Redis.from_url(
        redis_url, socket_timeout=REDIS_TIMEOUT_SECONDS, socket_connect_timeout=REDIS_TIMEOUT_SECONDS
    )
