"""Knows the other gateways (siblings): where each is reached, and which have gone for good."""

import asyncio
import re
import secrets
import time
from collections.abc import Callable

import structlog
from yarl import URL

from chatflow.leases.port import Lease, LeaseTable
from gateway.cluster.passes import Passes

log = structlog.get_logger(__name__)

# A lease may end because Redis lost it or the renewal was late, while the gateway is alive. So others wait as long
# again as a lease lasts before they count its people as gone.
GONE_SECONDS = 3.0
# How long its address is still tried. Later it may belong to another program, which must not see clients' requests.
REMEMBERED_SECONDS = 30.0

# A client that waits longer is told that its session is unknown, and connects anew.
LOOK_UP_SECONDS = 1.0

# The ids that `new_gateway_id` makes; no gateway has any other.
GATEWAY_ID = re.compile(r"[A-Za-z0-9._-]{1,64}-[0-9a-f]{6}")


class Siblings:
    """What one gateway knows of the others. `on_gone` is called with the ids of those that will not come back."""

    def __init__(
        self,
        gateways: LeaseTable,
        *,
        own_id: str,
        passes: Passes,
        on_gone: Callable[[list[str]], None],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._gateways = gateways
        self._own_id = own_id
        self._passes = passes
        self._on_gone = on_gone
        self._monotonic = monotonic
        self._live: dict[str, Lease] = {}
        # Gateways whose lease has ended, with the time of its end; and those of them that may still come back.
        self._gone: dict[str, tuple[Lease, float]] = {}
        self._missed: set[str] = set()
        self._timers: list[asyncio.TimerHandle] = []
        self._asking = asyncio.Lock()

    def on_change(self) -> None:
        """Follow a change of the table of leases."""
        now, live = self._monotonic(), self._gateways.live
        gone = {name: lease for name, lease in self._live.items() if name not in live}
        self._gone.update({name: (lease, now) for name, lease in gone.items()})
        self._gone = {
            name: (lease, at)
            for name, (lease, at) in self._gone.items()
            if name not in live and now - at < REMEMBERED_SECONDS
        }
        self._live = dict(live)
        self._missed = {*self._missed, *gone} - live.keys()
        if gone:
            loop = asyncio.get_running_loop()
            self._timers = [timer for timer in self._timers if timer.when() > loop.time()]
            self._timers.append(loop.call_later(GONE_SECONDS, self._give_up, list(gone)))

    def close(self) -> None:
        for timer in self._timers:
            timer.cancel()

    def here(self) -> set[str]:
        """Return the ids of the gateways whose people still count as connected, this one included."""
        return {self._own_id, *self._gateways.live, *self._missed}

    async def address_of(self, gateway_id: str) -> URL | None:
        """Return the address of that gateway's inner listener, or None if there is no such gateway."""
        if gateway_id == self._own_id or GATEWAY_ID.fullmatch(gateway_id) is None:
            return None
        lease = self._gateways.live.get(gateway_id)
        if lease is None and gateway_id in self._gone:
            lease, since = self._gone[gateway_id]
            lease = lease if self._monotonic() - since < REMEMBERED_SECONDS else None
        if lease is None:
            lease = await self._look_up(gateway_id)
        if lease is None:
            return None
        if not self._passes.is_sealed(gateway_id, lease.address):
            # Somebody without our secret has written in Redis, and would receive what clients send us.
            log.warning("a gateway's address has no valid seal", gateway=gateway_id)
            return None
        return read_address(lease.address)

    def _give_up(self, gateway_ids: list[str]) -> None:
        # The clock is not compared here, because a timer may run some milliseconds early.
        self._missed.difference_update(gateway_ids)
        if gone := [gateway_id for gateway_id in gateway_ids if gateway_id not in self._gateways.live]:
            self._on_gone(gone)

    async def _look_up(self, gateway_id: str) -> Lease | None:
        """Look a gateway up in Redis; one at a time, so that a flood of made-up ids takes only one connection."""
        try:
            async with asyncio.timeout(LOOK_UP_SECONDS), self._asking:
                return await self._gateways.find(gateway_id)
        except TimeoutError:
            return None


def read_address(text: str) -> URL | None:
    try:
        address = URL(text).with_fragment(None)
    except ValueError:
        return None
    return address if address.scheme == "http" and address.host else None


def new_gateway_id(process_name: str) -> str:
    """Return a new id for this life of the gateway; it begins with the process's name, so that a balancer can route."""
    return f"{process_name}-{secrets.token_hex(3)}"
