"""The load client sends through the whole chain, and counts what comes back."""

from pathlib import Path

import pytest

from benchmarks.bench import Bench
from benchmarks.chain import SOCKETS_PER_ROOM, open_chain


@pytest.mark.long
@pytest.mark.usefixtures("compiler")
def test_every_message_is_acked_once_and_delivered_to_the_whole_room_without_a_gap(tmp_path: Path) -> None:
    with open_chain(Bench(tmp_path), "chain") as chain:
        closed = chain.closed(seconds=1, outstanding=2)
        paced = chain.paced(seconds=1, rate=200)

    assert (paced["failed"], paced["gaps"], paced["lost_sockets"], paced["first_error"]) == (0, 0, 0, "")
    assert paced["acked"] == pytest.approx(200, abs=2)
    assert paced["delivered"] == paced["acked"] * SOCKETS_PER_ROOM
    assert closed["acked"] > 0
    assert (closed["failed"], closed["gaps"]) == (0, 0)
    assert {"gateway", "chat_service", "message_service", "valkey"} <= set(paced["cpu_us_per_message"])
