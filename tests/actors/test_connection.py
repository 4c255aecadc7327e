"""A request always ends, and it may have had its effect even if its answer comes too late."""

from typing import Any

import pytest

from tests.actors import connection
from tests.actors.answers import ConnectionLost, Json
from tests.actors.connection import Connection
from tests.actors.link import OnAck, OnClose, OnPacket


class SlowLink:
    """A server that answers only when a test tells it to."""

    def __init__(self) -> None:
        self.acks: list[OnAck] = []

    async def open(self, *, token: str, on_packet: OnPacket, on_close: OnClose) -> None: ...

    async def emit(self, event: str, payload: Any, *, on_ack: OnAck) -> None:
        self.acks.append(on_ack)

    async def close(self) -> None: ...


async def test_an_answer_that_comes_too_late_still_tells_what_began(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "ANSWER_WITHIN_SECONDS", 0.01)
    link, entered = SlowLink(), list[Json]()

    async def token() -> str:
        return "a token"

    talking = Connection(
        make_link=lambda: link,
        access_token=token,
        on_open=lambda: None,
        on_packet=lambda name, data: None,
        on_change=lambda: None,
    )
    await talking.open()
    answer = await talking.begin("room:join", {}, on_ok=entered.append)
    with pytest.raises(ConnectionLost, match="no answer in time"):
        await answer
    link.acks[0]({"ok": True, "seq": 7})

    assert entered == [{"ok": True, "seq": 7}]
    await talking.close()
