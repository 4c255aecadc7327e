"""Does what jobs ask for: reads what they are about, records the notices, and tells the sockets.

If the process ends in between, its jobs come again. Notices that are recorded stay as they are, and only those that
were not told yet are told. So a notice is told twice only if the process was killed after telling it and before
recording that; the second copy has the same id. A deadline alone never comes between the two.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime

import msgspec

from chatflow.bus.port import Bus
from chatflow.errors import TimedOut, Unavailable
from chatflow.http.service_client import ServiceClient
from chatflow.protocol.told import Noticed
from chatflow.wire.bus import SIGNALS_CHANNEL, ToPerson
from chatflow.wire.outbox import AlertDetails, AlertDetailsAnswer
from notification_service.deciding.notices import Notice, burst_id
from notification_service.jobs.decider import DETAILS_TIMEOUT_SECONDS, Decider
from notification_service.jobs.portions import Portions
from notification_service.metrics import LAG_SECONDS, NOTICES, SUPPRESSED
from notification_service.stores.notices import Store

# The deadline of a step that decides. Each thing that it waits for has one of its own, which says that there is an
# outage, and together they are shorter; so what is not decided by then is at fault itself.
STEP_SECONDS = 60.0
# Keeps each publication below 128 KiB.
SIGNALS_AT_ONCE = 500


async def owe_nobody(_: Sequence[Notice]) -> None:
    """Deliver nothing outside of the app."""


class Notifier:
    def __init__(
        self,
        *,
        message_service: ServiceClient,
        decider: Decider,
        store: Store,
        bus: Bus,
        owe: Callable[[Sequence[Notice]], Awaitable[None]] = owe_nobody,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._message_service = message_service
        self._decider = decider
        self._store = store
        self._bus = bus
        self._owe = owe
        self._clock = clock
        # People whose inboxes grew since they were last shortened.
        self.grown: set[str] = set()

    async def do(self, portions: Portions) -> None:
        """Record and tell the notices of the jobs, a portion at a time. A portion can safely be done again."""
        while portions.left:
            await self._do_portion(portions)

    async def tell(self, notices: Sequence[Notice]) -> None:
        """Tell the sockets of notices that are recorded; raises while the bus is down, and then they are untold."""
        await self._publish(notices)
        await self._store.mark_told(notices)

    async def _do_portion(self, portions: Portions) -> None:
        try:
            details = await self._read_details(portions)
        except (Unavailable, TimedOut):
            # Either side may report a time-out, by one error or the other. An outage halves the portion too, which
            # does no harm: it doubles again with each answer.
            portions.halve()
            raise
        await self._make_notices(details)
        portions.advance(details)

    async def _make_notices(self, details: Sequence[AlertDetails]) -> None:
        """Record a notice for each person concerned, and tell those that are not suppressed."""
        steps = self._decider.decide(details)
        while (notices := await next_of(steps)) is not None:
            now = self._clock().isoformat(timespec="milliseconds")
            untold = await self._store.record(notices, now=now)
            self.grown.update(notice.user_id for notice in notices)
            # Before they count as told, so that none is forgotten; a second time owes nothing more.
            await self._owe(untold)
            await self.tell(untold)
            self._count(notices, told=untold)

    async def _read_details(self, portions: Portions) -> list[AlertDetails]:
        # Tried only once: after a time-out a smaller portion has to be asked for.
        answer = await self._message_service.call(
            "/internal/alerts", portions.request(), AlertDetailsAnswer, timeout_seconds=DETAILS_TIMEOUT_SECONDS
        )
        return answer.details

    async def _publish(self, notices: Sequence[Notice]) -> None:
        """Publish the notices to all gateways; raises while the bus is down, when nobody would receive them."""
        for start in range(0, len(notices), SIGNALS_AT_ONCE):
            signals = [signal_of(notice) for notice in notices[start : start + SIGNALS_AT_ONCE]]
            await self._bus.publish_counted(SIGNALS_CHANNEL, msgspec.msgpack.encode(signals))

    def _count(self, notices: Sequence[Notice], *, told: Sequence[Notice]) -> None:
        for notice in told:
            NOTICES.labels(notice.kind).inc()
            LAG_SECONDS.observe((self._clock() - datetime.fromisoformat(notice.at)).total_seconds())
        for notice in notices:
            if notice.suppressed is not None:
                SUPPRESSED.labels(notice.suppressed).inc()


async def next_of(steps: AsyncIterator[list[Notice]]) -> list[Notice] | None:
    """Return what the next step decides, or None behind the last; raises `TimeoutError` if it takes too long."""
    async with asyncio.timeout(STEP_SECONDS):
        return await anext(steps, None)


def signal_of(notice: Notice) -> ToPerson:
    """Return what the person's sockets are sent. It has no text; clients read that from the room's history."""
    noticed = Noticed(
        kind=notice.kind,
        room_id=notice.room_id,
        seq=notice.seq,
        id=notice.id,
        at=notice.at,
        actor=notice.actor,
        burst=burst_id(notice),
    )
    return ToPerson(user_id=notice.user_id, name="notice", payload=msgspec.to_builtins(noticed))
