"""A taker that dies at any place loses no alert."""

from collections.abc import Coroutine, Generator
from typing import Any

from chatflow.wire.outbox import Job
from tests.chatflow.conditions import until
from tests.notification_service.conftest import Sockets
from tests.notification_service.jobs.taker import Taker, inbox_of
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
