"""Of two positions of a person the one with more moves counts, in whatever order they are told."""

from gateway.delivery.read_order import KEPT_SECONDS, Position, ReadOrder

EARLIER, LATER = Position(10, 1), Position(4, 2)


def test_what_comes_late_changes_nothing() -> None:
    order = ReadOrder()

    assert order.note("alice", "room", LATER) == LATER
    assert order.note("alice", "room", EARLIER) == LATER
    assert order.note("alice", "other", EARLIER) == EARLIER
    assert order.note("bob", "room", EARLIER) == EARLIER


def test_a_service_that_counts_no_moves_is_believed() -> None:
    order = ReadOrder()
    order.note("alice", "room", LATER)

    assert order.note("alice", "room", Position(11, 0)) == Position(11, 0)


def test_it_remembers_for_some_seconds_only() -> None:
    now = [0.0]
    order = ReadOrder(clock=lambda: now[0])
    order.note("alice", "room", LATER)

    now[0] = KEPT_SECONDS
    assert order.note("bob", "room", EARLIER) == EARLIER
    assert order.note("alice", "room", EARLIER) == LATER
    now[0] = 2 * KEPT_SECONDS
    order.note("bob", "room", EARLIER)
    now[0] = 3 * KEPT_SECONDS
    assert order.note("alice", "room", EARLIER) == EARLIER
