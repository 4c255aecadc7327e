"""Does jobs: takes them, asks what they are about, records the notices, tells the sockets, and then marks them done.

If the process ends in between, its jobs come again. Notices that are recorded stay as they are, and only those that
were not told yet are told. So a notice is told twice only if the process was killed after telling it and before
recording that; the second copy has the same id.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime

import msgspec
import structlog

from chatflow.bus.port import Bus
from chatflow.errors import TimedOut, Unavailable
from chatflow.http.service_client import ServiceClient
from chatflow.jobs.port import Batch, JobSource
from chatflow.presence.focus_redis import Focused
from chatflow.presence.keys_redis import Found
from chatflow.protocol.told import Noticed
from chatflow.wire.bus import SIGNALS_CHANNEL, ToPerson
from chatflow.wire.outbox import AlertDetails, AlertDetailsAnswer, Job
from notification_service.deciding.expanding import EVERYBODY_AWAY, blocks_nobody, expand
from notification_service.deciding.notices import Notice
from notification_service.jobs.portions import Portions
from notification_service.metrics import JOBS_PUT_ASIDE, JOBS_TAKEN, LAG_SECONDS, NOTICES, SUPPRESSED
from notification_service.stores.notices import Store
from notification_service.stores.reading import Inbox

log = structlog.get_logger(__name__)

DETAILS_TIMEOUT_SECONDS = 5.0
PAUSE_SECONDS = (0.1, 0.2, 0.5, 1.0, 2.0)
# An error that is no outage may pass by itself. After so many, each job is tried alone, to find the one that fails.
TRIES_TOGETHER = 3
# Keeps each publication below 128 KiB.
SIGNALS_AT_ONCE = 500


async def nothing_in_focus(_: Sequence[Focused]) -> set[Focused]:
    return set()


async def owe_nobody(_: Sequence[Notice]) -> None:
    """Deliver nothing outside of the app."""


async def everybody_away(_: Sequence[str]) -> Found:
    return EVERYBODY_AWAY


class JobRunner:
    def __init__(
        self,
        *,
        source: JobSource,
        message_service: ServiceClient,
        inbox: Inbox,
        store: Store,
        bus: Bus,
        in_focus: Callable[[Sequence[Focused]], Awaitable[set[Focused]]] = nothing_in_focus,
        presence: Callable[[Sequence[str]], Awaitable[Found]] = everybody_away,
        blocks: Callable[[str, str], bool] = blocks_nobody,
        owe: Callable[[Sequence[Notice]], Awaitable[None]] = owe_nobody,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._source = source
        self._message_service = message_service
        self._inbox = inbox
        self._store = store
        self._bus = bus
        self._in_focus = in_focus
        self._presence = presence
        self._blocks = blocks
        self._owe = owe
        self._clock = clock
        # People whose inboxes grew since they were last shortened.
        self.grown: set[str] = set()
        self._is_leaving = False
        self._idle = asyncio.Event()
        self._idle.set()

    async def run(self) -> None:
        """Do batch after batch, until cancelled or told to finish."""
        while not self._is_leaving:
            self._idle.set()
            batch = await self._source.take()
            self._idle.clear()
            await self.do(batch)
        self._idle.set()

    async def finish(self) -> None:
        """Take no further batch, and return once the last is done; a batch that is cut off might be told twice."""
        self._is_leaving = True
        await self._idle.wait()

    async def do(self, batch: Batch) -> None:
        """Do the whole batch. Outages are waited out, and jobs that fail for another reason are put aside."""
        attempt, failures, portions = 0, 0, Portions(batch.jobs)
        while True:
            try:
                await self._do_portions(portions)
                await self._source.done(batch)
            except (Unavailable, TimedOut) as error:
                log.warning("notices have to wait", error=error.message, jobs=len(batch.jobs))
            except Exception:
                log.exception("a batch of jobs failed", jobs=len(batch.jobs))
                failures += 1
                if failures >= TRIES_TOGETHER:
                    culprits = await self._put_culprits_aside(portions.left)
                    batch = batch.without(culprits)
                    portions = Portions([job for job in portions.left if job not in culprits])
            else:
                JOBS_TAKEN.inc(len(batch.jobs))
                return
            await asyncio.sleep(PAUSE_SECONDS[min(attempt, len(PAUSE_SECONDS) - 1)])
            attempt += 1

    async def _put_culprits_aside(self, jobs: Sequence[Job]) -> list[Job]:
        """Try each job by itself, and return those that fail."""
        culprits = [job for job in jobs if not await self._can_be_done(job)]
        if culprits:
            await self._source.put_aside(culprits)
            JOBS_PUT_ASIDE.inc(len(culprits))
        return culprits

    async def _can_be_done(self, job: Job) -> bool:
        try:
            await self._do_portions(Portions([job]))
        except (Unavailable, TimedOut):
            return True  # an outage says nothing about the job
        except Exception:
            log.exception("a job was put aside", room_id=job.room_id, seq=job.seq)
            return False
        return True

    async def _do_portions(self, portions: Portions) -> None:
        """Record and tell the notices of the jobs, a portion at a time. A portion can safely be done again."""
        while portions.left:
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
        concerned = sorted({recipient.user_id for detail in details for recipient in detail.recipients})
        preferences = await self._inbox.preferences_of(concerned)
        places = [(detail.job.room_id, recipient.user_id) for detail in details for recipient in detail.recipients]
        in_focus = await self._in_focus(places)
        presence = await self._presence(concerned)
        now = self._clock()
        notices = [
            notice
            for detail in details
            for notice in expand(
                detail, preferences=preferences, now=now, in_focus=in_focus, presence=presence, blocks=self._blocks
            )
        ]
        untold = await self._store.record(notices, now=now.isoformat(timespec="milliseconds"))
        self.grown.update(notice.user_id for notice in notices)
        # Before they count as told, so that none is forgotten; a second time owes nothing more.
        await self._owe(untold)
        await self._tell(untold)
        await self._store.mark_told(untold)
        self._count(notices, told=untold)

    async def _read_details(self, portions: Portions) -> list[AlertDetails]:
        # Tried only once: after a time-out a smaller portion has to be asked for.
        answer = await self._message_service.call(
            "/internal/alerts", portions.request(), AlertDetailsAnswer, timeout_seconds=DETAILS_TIMEOUT_SECONDS
        )
        return answer.details

    async def _tell(self, notices: Sequence[Notice]) -> None:
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


def signal_of(notice: Notice) -> ToPerson:
    """Return what the person's sockets are sent. It has no text; clients read that from the room's history."""
    noticed = Noticed(
        kind=notice.kind, room_id=notice.room_id, seq=notice.seq, id=notice.id, at=notice.at, actor=notice.actor
    )
    return ToPerson(user_id=notice.user_id, name="notice", payload=msgspec.to_builtins(noticed))
