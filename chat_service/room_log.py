"""The room log, as message_service keeps it: appending runs and loading rooms.

Every failure is one of two: `Unavailable`, it was certainly not done, or `TimedOut`, it may have been done.
"""

import time
from collections.abc import Callable, Iterable

import structlog

from chat_service.log_time import LogTime
from chatflow.errors import ChatFlowError, Outcome, TimedOut, Unavailable
from chatflow.http.service_client import ServiceClient, UnreadableAnswer
from chatflow.wire.log import Append, AppendAnswer, Load, LoadAnswer, LoadedRoom, LoadRoom, Run, RunResult
from chatflow.wire.outbox import Job, OwedAnswer, OwedRequest
from chatflow.wire.recent import RecentAnswer, RecentRequest
from chatflow.wire.retention import TrimsAnswer, TrimsRequest

log = structlog.get_logger(__name__)

# As long as a gateway lets a command wait: no deadline is further away, unless a clock is wrong.
SECONDS_AT_MOST = 8.0


class NotUnderstood(TimedOut):
    """message_service cannot read our request, or we cannot read its answer: one of the rooms may be to blame."""


class RoomLog:
    def __init__(self, message_service: ServiceClient, *, clock: Callable[[], float] = time.time) -> None:
        self._message_service = message_service
        self._clock = clock
        self.time = LogTime()

    async def append(self, runs: list[Run], *, deadline: float) -> list[RunResult]:
        """Append runs to their rooms, each independently, and wait for the answer until the deadline.

        What message_service has not begun to write by then is never written.
        """
        try:
            answer = await self._message_service.call(
                "/internal/append",
                Append(deadline=deadline, runs=runs, unique_names=True),
                AppendAnswer,
                timeout_seconds=self._seconds_until(deadline),
            )
        except ChatFlowError as error:
            raise certainty_of(error) from error
        if not all(map(is_answer_to, answer.results, runs)) or len(answer.results) != len(runs):
            log.error("an append was answered with something else")
            raise NotUnderstood
        self.time.note(answer.now)
        return answer.results

    async def load(self, rooms: list[LoadRoom], *, deadline: float) -> dict[str, LoadedRoom]:
        """Return what is asked of each room, by its id: of as many rooms as fit into an answer, and of at least one."""
        try:
            answer = await self._message_service.call(
                "/internal/load",
                Load(deadline=deadline, rooms=rooms, in_parts=True),
                LoadAnswer,
                timeout_seconds=self._seconds_until(deadline),
            )
        except ChatFlowError as error:
            raise certainty_of(error) from error
        loaded = {room.room_id: room for room in answer.rooms}
        if not any(room.room_id in loaded for room in rooms):
            log.error("a load was answered without any room that was asked for")
            raise NotUnderstood
        self.time.note(answer.now)
        return loaded

    async def owed(
        self, partitions: Iterable[int], *, consumer: str, older_than_seconds: float, limit: int
    ) -> list[Job]:
        """Return the oldest jobs of a consumer in these partitions that nobody has taken over for this long."""
        request = OwedRequest(
            consumer=consumer, limit=limit, older_than_seconds=older_than_seconds, partitions=list(partitions)
        )
        answer = await self._message_service.call("/internal/owed", request, OwedAnswer, idempotent=True)
        return answer.jobs

    async def recent_heads(self, partitions: Iterable[int], *, since_seconds: float) -> dict[str, int]:
        """Return the heads of those rooms in these partitions in which something happened lately."""
        request = RecentRequest(partitions=list(partitions), since_seconds=since_seconds)
        answer = await self._message_service.call("/internal/recent", request, RecentAnswer, idempotent=True)
        return answer.heads

    async def trims_due(self, partitions: Iterable[int], *, after: str) -> TrimsAnswer:
        """Return a page of what retention is to take from these partitions' rooms."""
        request = TrimsRequest(partitions=list(partitions), after=after)
        return await self._message_service.call("/internal/trims", request, TrimsAnswer, idempotent=True)

    def _seconds_until(self, deadline: float) -> float:
        return min(max(deadline - self._clock(), 0.001), SECONDS_AT_MOST)


def certainty_of(error: ChatFlowError) -> ChatFlowError:
    """Reduce an error to what matters here: whether the request may have been done."""
    if isinstance(error, Unavailable | TimedOut) and not isinstance(error, UnreadableAnswer):
        return error
    log.error("message_service and this worker do not understand each other", error=str(error))
    return Unavailable() if error.kind.outcome is Outcome.NOT_TRIED else NotUnderstood()


def is_answer_to(result: RunResult, run: Run) -> bool:
    return (
        result.room_id == run.room_id
        and 0 <= result.applied <= len(run.steps)
        and (result.stopped_by is None) == (result.applied == len(run.steps))
        and (result.stopped_by == "op") == (result.known is not None)
    )
