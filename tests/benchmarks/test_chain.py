"""The load client sends through the whole chain, and counts what comes back."""

import shutil
from pathlib import Path

import pytest

from benchmarks.chain import SOCKETS_PER_ROOM, measure_chain
from tests.servers import ServerMissing
from tests.servers.skips import give_up_without


@pytest.fixture
def compiler() -> str:
    found = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if found is None:
        give_up_without(ServerMissing("cc", "no C compiler on the PATH"))
    return found


@pytest.mark.usefixtures("compiler")
def test_every_message_is_acked_once_and_delivered_to_the_whole_room_without_a_gap(tmp_path: Path) -> None:
    result = measure_chain(tmp_path, seconds=1, outstanding=2, rates=[200])

    [paced] = result["open"]
    assert (paced["failed"], paced["gaps"], paced["lost_sockets"], paced["first_error"]) == (0, 0, 0, "")
    assert paced["acked"] == pytest.approx(200, abs=2)
    assert paced["delivered"] == paced["acked"] * SOCKETS_PER_ROOM
    assert result["closed"]["acked"] > 0
    assert (result["closed"]["failed"], result["closed"]["gaps"]) == (0, 0)
    assert {"gateway", "chat_service", "message_service", "valkey"} <= set(paced["cpu_us_per_message"])
