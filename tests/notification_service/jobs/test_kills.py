"""A taker that dies at any place loses no alert."""

from collections.abc import Coroutine, Generator
from contextlib import suppress
from typing import Any

from chatflow.jobs.port import PAUSES_SECONDS
from chatflow.wire.outbox import Job
from notification_service.jobs.portions import Portions
from notification_service.stores.failures import FAILURES_AT_MOST
from tests.chatflow.conditions import until
from tests.notification_service.conftest import Sockets
from tests.notification_service.jobs.taker import Killed, Taker, inbox_of
from tests.notification_service.message_service_edge import MessageServiceEdge, details_about, recipient


async def test_a_kill_at_any_place_loses_no_alert_and_a_second_copy_has_the_same_id(
    taker: Taker, edge: MessageServiceEdge, sockets: Sockets
) -> None:
    seq, survived = 0, False
    while not survived:
        seq += 1
        edge.store(details_about(Job("room", seq), recipient()))
        batch = await taker.source.take()

        survived = await survives(taker.do(batch), waits=seq)
        taker = await taker.restarted()
        while edge.owed:
            await taker.take_one()

        assert sorted(await inbox_of(taker)) == list(range(1, seq + 1))
        await until(lambda expected=seq: len(set(sockets.ids())) == expected)  # type: ignore[misc]

    await taker.client.close()
    # Many places were tried, and only those between telling and recording it made a second copy.
    assert seq > 6
    assert len(sockets.ids()) - seq <= 2


async def test_what_the_process_dies_of_on_one_machine_becomes_a_dead_letter_and_all_else_is_told(
    taker: Taker, edge: MessageServiceEdge
) -> None:
    deadly, *_ = edge.store(*(details_about(Job("room", seq), recipient()) for seq in (1, 2, 3)))

    async def die(portions: Portions) -> None:
        if deadly in portions.left:
            raise Killed
        await taker.notifier.do(portions)

    for _ in range(FAILURES_AT_MOST):
        taker.runner._do = die
        with suppress(Killed):
            await taker.take_one()
        taker = await taker.after(PAUSES_SECONDS[-1], a_death=True)
    taker.runner._do = die
    await taker.take_one()

    assert (await taker.failures.among([deadly]))[deadly].state == "dead"
    assert sorted(await inbox_of(taker)) == [2, 3]
    assert not edge.owed
    await taker.client.close()


async def test_only_the_first_batch_after_a_death_is_done_so_carefully(taker: Taker, edge: MessageServiceEdge) -> None:
    taker = await taker.restarted(a_death=True)
    suspects = []
    for seq in (1, 2):
        edge.store(details_about(Job("room", seq), recipient()))
        batch = await taker.source.take()
        suspects.append(batch.is_suspect)
        await taker.do(batch)

    assert suspects == [True, False]
    await taker.client.close()


async def survives(work: Coroutine[Any, Any, None], *, waits: int) -> bool:
    """Run the work until it has waited that many times, and end it there; tell whether it came to its end before."""
    mortal = Mortal(work, waits)
    await mortal
    return mortal.has_ended


class Mortal:
    """Awaits a coroutine as `await` does, but drops it after some waits."""

    def __init__(self, work: Coroutine[Any, Any, None], waits: int) -> None:
        self._work = work
        self._waits = waits
        self.has_ended = False

    def __await__(self) -> Generator[Any, None, None]:
        steps = self._work.__await__()
        try:
            for _ in range(self._waits):
                yield next(steps)
            self._work.close()
        except StopIteration:
            self.has_ended = True
