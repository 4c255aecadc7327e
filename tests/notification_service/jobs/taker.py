"""The job-running part of one process life."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from chatflow.bus.redis import RedisBus
from chatflow.http.service_client import ServiceClient
from chatflow.jobs.log_queue import LogSource
from chatflow.jobs.port import Batch, JobSource
from notification_service.deciding.notices import Notice
from notification_service.facts.watchers import Watchers
from notification_service.jobs.decider import Decider
from notification_service.jobs.job_runner import JobRunner
from notification_service.jobs.notifier import Notifier
from notification_service.jobs.replayed_dead_letters import ReplayedDeadLetters
from notification_service.stores.database import Database
from notification_service.stores.failures import Failures
from notification_service.stores.notices import Store
from notification_service.stores.preferences import PreferencesStore
from notification_service.stores.reading import NoticeReader
from tests.notification_service.message_service_edge import SECRET, MessageServiceEdge

WITHIN_SECONDS = 30.0


class Killed(BaseException):
    """As if the process had ended here."""


class Taker:
    """The job-running part of one process life, on real parts; `restarted` is the next life."""

    def __init__(
        self, database: Database, bus: RedisBus, edge: MessageServiceEdge, *, died_before: bool = False
    ) -> None:
        self._parts = (database, bus, edge)
        self.late = timedelta()
        self.inbox, self.store, self.bus = NoticeReader(database), Store(database), bus
        self.preferences = PreferencesStore(database)
        self.client = ServiceClient("message_service", edge.url, SECRET)
        self.source: JobSource = LogSource(bus, message_service=self.client, is_first_suspect=died_before)
        self.failures = Failures(database, clock=self.now)
        self.replayed = ReplayedDeadLetters(self.failures)
        decider = Decider(
            preferences=self.preferences, watchers=Watchers(self.preferences), message_service=self.client
        )
        # What was owed to other channels, after one error each of these.
        self.owed: list[Notice] = []
        self.owing_errors: list[Exception] = []
        self.notifier = Notifier(message_service=self.client, decider=decider, store=self.store, owe=self._owe, bus=bus)
        self.runner = JobRunner(
            sources=[self.source, self.replayed], do=self.notifier.do, failures=self.failures, clock=self.now
        )

    async def take_one(self) -> None:
        async with asyncio.timeout(WITHIN_SECONDS):
            await self.do(await self.source.take())

    async def do(self, batch: Batch) -> None:
        await self.runner.do(batch, source=self.source)

    async def replay_one(self) -> None:
        async with asyncio.timeout(WITHIN_SECONDS):
            await self.runner.do(await self.replayed.take(), source=self.replayed)

    async def after(self, seconds: float, *, a_death: bool = False) -> "Taker":
        """The next life, so long after, as the clock says."""
        heir = await self.restarted(a_death=a_death)
        heir.late = self.late + timedelta(seconds=seconds)
        return heir

    def now(self) -> datetime:
        return datetime.now(UTC) + self.late

    async def _owe(self, notices: Sequence[Notice]) -> None:
        if self.owing_errors:
            raise self.owing_errors.pop(0)
        self.owed += notices

    async def restarted(self, *, a_death: bool = False) -> "Taker":
        await self.client.close()
        return Taker(*self._parts, died_before=a_death)


async def inbox_of(taker: Taker, user_id: str = "bob") -> list[int]:
    return [item.seq for item in await taker.inbox.page(user_id, suppressed=False, place=None, limit=500)]
