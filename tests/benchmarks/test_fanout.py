"""The fan-out's client publishes to everybody's own wire format, and counts every delivery once and in order."""

import pytest

from benchmarks.contestants import OURS
from benchmarks.publishing import fan_out, per_cpu_second
from tests.benchmarks.conftest import MEMBERS, Arena

# What is measured, and not what is sold: each starts servers of its own.
pytestmark = pytest.mark.long

SECONDS = 0.3
EVERYBODY = [OURS, "Node", "stock", "C, one write each", "C, coalescing"]


def test_everybody_who_can_run_here_takes_part(arena: Arena) -> None:
    assert (sorted(arena.contestants), arena.notes) == (sorted(EVERYBODY), [])


@pytest.mark.parametrize("name", EVERYBODY)
def test_each_message_reaches_the_whole_room_once_and_in_order(arena: Arena, name: str) -> None:
    found = fan_out(
        arena.bench,
        arena.contestants[name],
        arena.crowd,
        arena.redis,
        outstanding=4,
        message_bytes=400,
        seconds=SECONDS,
    )

    assert (found["gaps"], found["lost"], found["unfinished"]) == (0, 0, 0)
    assert found["messages"] > 0
    assert found["deliveries"] == pytest.approx(found["messages"] * MEMBERS, abs=8 * MEMBERS)
    assert per_cpu_second(found) > 0


@pytest.mark.parametrize("name", [OURS, "Node", "stock"])
def test_rooms_take_turns_and_each_has_its_own_listeners(arena: Arena, name: str) -> None:
    found = fan_out(arena.bench, arena.contestants[name], arena.halves, arena.redis, outstanding=4, seconds=SECONDS)

    assert found["deliveries"] == pytest.approx(found["messages"] * MEMBERS / 2, abs=8 * MEMBERS)


def test_in_the_open_loop_every_delivery_is_timed_from_when_it_was_due(arena: Arena) -> None:
    found = fan_out(
        arena.bench, arena.contestants[OURS], arena.crowd, arena.redis, mode="open", outstanding=50, seconds=1
    )

    assert found["messages"] == pytest.approx(50, abs=5)
    assert found["delivery_us"]["count"] == pytest.approx(50 * MEMBERS, abs=5 * MEMBERS)
    assert 0 < found["delivery_us"]["p50"] <= found["delivery_us"]["p99"] <= found["delivery_us"]["max"]


def test_a_client_that_stops_reading_is_not_waited_for(arena: Arena) -> None:
    found = fan_out(
        arena.bench, arena.contestants[OURS], arena.crowd, arena.redis, outstanding=4, seconds=SECONDS, stalled=1
    )

    assert found["unfinished"] == 0
    assert found["deliveries"] > 0
