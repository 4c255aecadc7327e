"""Combines questions that many sockets ask at the same time into few calls to a service."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from chatflow.errors import ChatFlowError, Outcome, TimedOut
from chatflow.http.service_client import UnreadableAnswer
from chatflow.process.running_tasks import RunningTasks

# For what every client asks on connecting: one does not notice it, and thousands at once make tens of calls a second.
CROWD_SECONDS = 0.05

Question = TypeVar("Question")
Answer = TypeVar("Answer")
Item = TypeVar("Item")


class Batcher(Generic[Question, Answer]):
    """Collects questions while calls are under way. `call` answers a list of questions with a list in the same order.

    The first question is asked at once. After each call more are collected for `pause` seconds, so that a crowd that
    comes one by one shares few calls even if each call is quick.
    If a call fails, all its questions fail with the same error. With `stand_alone` only a question that cannot be
    answered fails: the call is repeated in halves. `discard` gets the answers that nobody waits for any more. A call is
    cancelled once nobody waits for any of its answers, so the callers' deadlines limit the call too.
    """

    def __init__(
        self,
        call: Callable[[list[Question]], Awaitable[list[Answer]]],
        *,
        limit: int,
        parallel: int = 2,
        pause: float = 0.0,
        discard: Callable[[Answer], None] = lambda _: None,
        stand_alone: bool = False,
    ) -> None:
        self._call = call
        self._limit = limit
        self._idle = parallel
        self._pause = pause
        self._discard = discard
        self._stand_alone = stand_alone
        self._waiting: list[tuple[Question, asyncio.Future[Answer]]] = []
        self._tasks = RunningTasks()

    async def submit(self, question: Question) -> Answer:
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, answer))
        if self._idle > 0:
            self._idle -= 1
            self._tasks.start(self._work())
        try:
            return await answer
        except asyncio.CancelledError:
            if answer.done() and not answer.cancelled() and answer.exception() is None:
                # The answer came at the same moment as the cancellation of the caller.
                self._discard(answer.result())
            raise

    async def _work(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[: self._limit], self._waiting[self._limit :]
                await self._settle_all(batch)
                if self._pause and len(self._waiting) < self._limit:
                    await asyncio.sleep(self._pause)
        finally:
            self._idle += 1

    async def _settle_all(self, batch: list[tuple[Question, asyncio.Future[Answer]]]) -> None:
        batches = deque([batch])
        while batches:
            some = [each for each in batches.popleft() if not each[1].done()]
            try:
                await self._settle(some)
            except Exception as error:  # noqa: BLE001 it is raised again where it was asked
                if self._stand_alone and len(some) > 1 and may_concern_one(error):
                    batches.extend(halves(some))
                    continue
                for _, future in some:
                    if not future.done():
                        future.set_exception(error)

    async def _settle(self, batch: list[tuple[Question, asyncio.Future[Answer]]]) -> None:
        if not batch:
            return
        call = asyncio.ensure_future(self._call([question for question, _ in batch]))  # noqa: RUF006 awaited below
        waiting = len(batch)

        def on_settled(_: asyncio.Future[Answer]) -> None:
            nonlocal waiting
            waiting -= 1
            if not waiting:
                call.cancel()

        for _, future in batch:
            future.add_done_callback(on_settled)
        try:
            answers = await call
            if len(answers) != len(batch):
                raise ValueError(f"{len(batch)} questions got {len(answers)} answers")
        except asyncio.CancelledError:
            if waiting:
                raise
            return
        for (_, future), answer in zip(batch, answers, strict=True):
            if future.done():
                self._discard(answer)
            else:
                future.set_result(answer)


def may_concern_one(error: Exception) -> bool:
    """Tell whether a single question may have made the call fail, so that the others can be answered without it."""
    if isinstance(error, TimedOut):
        return isinstance(error, UnreadableAnswer)
    return isinstance(error, ChatFlowError) and error.kind.outcome is not Outcome.NOT_TRIED


def halves(batch: list[Item]) -> tuple[list[Item], list[Item]]:
    """Return the two halves of a batch that failed.

    Try them after all other batches: failures in a row would look as if the service were gone.
    """
    middle = len(batch) // 2
    return batch[:middle], batch[middle:]
