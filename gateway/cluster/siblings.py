"""The other gateways: where each answers, and which have gone for good."""

import asyncio
import re
import time
from collections.abc import Callable

import structlog
from yarl import URL

from chatflow.leases.port import Lease, LeaseTable
from gateway.cluster.passes import Passes

log = structlog.get_logger(__name__)

# A lease that ended may be one that Redis forgot or that came late, and its gateway alive: as long again as a lease,
# before others take its people for gone.
GONE_SECONDS = 3.0
# So long its address is still tried. Later it may be another program's, whom what our clients send does not concern.
REMEMBERED_SECONDS = 30.0

# Whoever waits longer is told that the session is unknown, and connects anew.
LOOK_UP_SECONDS = 1.0

# As `new_gateway_id` makes them; whoever asks for anything else asks for nobody.
GATEWAY_ID = re.compile(r"[A-Za-z0-9._-]{1,64}-[0-9a-f]{6}")


class Siblings:
    """What one gateway knows of the others. `on_gone` is called with those that are not coming back."""

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
        # Those whose lease ended, and when; and which of them may be back in a moment.
        self._gone: dict[str, tuple[Lease, float]] = {}
        self._missed: set[str] = set()
        self._timers: list[asyncio.TimerHandle] = []
        self._asking = asyncio.Lock()

    def on_change(self) -> None:
        """The table of leases is another one now."""
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
        """Name the gateways whose people are still to be taken for connected, this one too."""
        return {self._own_id, *self._gateways.live, *self._missed}

    async def address_of(self, gateway_id: str) -> URL | None:
        """Return where that gateway's inner listener is, or None if nobody has that name."""
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
            # Somebody writes in Redis who has not our secret, and would like to be sent what clients send us.
            log.warning("an address of a gateway is not its own", gateway=gateway_id)
            return None
        return read_address(lease.address)

    def _give_up(self, gateway_ids: list[str]) -> None:
        # Not by the clock: a timer may run some milliseconds before its time has come.
        self._missed.difference_update(gateway_ids)
        if gone := [gateway_id for gateway_id in gateway_ids if gateway_id not in self._gateways.live]:
            self._on_gone(gone)

    async def _look_up(self, gateway_id: str) -> Lease | None:
        """Ask Redis; one at a time, so that a flood of made-up names takes one connection and not all."""
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
