"""What is told is owed to other channels first: a failure in between forgets nothing, and tells nobody twice."""

from chatflow.errors import Unavailable
from chatflow.wire.outbox import Job
from tests.chatflow.conditions import until
from tests.notification_service.conftest import Sockets
from tests.notification_service.jobs.taker import Taker
from tests.notification_service.message_service_edge import MessageServiceEdge, details_about, recipient


async def test_a_notice_is_told_only_once_it_is_owed_and_one_that_is_kept_back_is_not_owed(
    taker: Taker, edge: MessageServiceEdge, sockets: Sockets
) -> None:
    taker.owing_errors = [Unavailable(), Unavailable()]
    for seq in (1, 2):
        edge.store(details_about(Job("room", seq), recipient("bob"), recipient("carol", level="none")))
        await taker.take_one()

    await until(lambda: [signal.payload["seq"] for signal in sockets.told][-1:] == [2])
    assert [signal.payload["seq"] for signal in sockets.told] == [1, 2]
    assert [(notice.user_id, notice.seq) for notice in taker.owed] == [("bob", 1), ("bob", 2)]
