"""A cursor hands out each event once and in order, whatever the bus does to publications."""

from hypothesis import given
from hypothesis import strategies as st

from chatflow.wire.bus import Published
from gateway.delivery.cursor import TAIL_EVENTS, Cursor


def event(seq: int) -> Published:
    return Published("r", seq, seq, "message.created", f'42["event",{{"seq":{seq}}}]')


@given(st.integers(0, 5), st.lists(st.integers(1, 60), max_size=200))
def test_what_is_due_is_gap_free_and_in_order_whatever_arrives(head: int, arrivals: list[int]) -> None:
    cursor = Cursor(head)
    due = [each.seq for seq in arrivals for each in cursor.accept(event(seq))]
    assert due == list(range(head + 1, head + 1 + len(due)))
    assert cursor.head == head + len(due)
    assert cursor.known_head == max([head, *arrivals])


@given(st.permutations(range(1, 30)), st.lists(st.integers(1, 29), max_size=30))
def test_once_everything_has_arrived_everything_was_due(order: list[int], doubled: list[int]) -> None:
    cursor = Cursor(0)
    due = [each.seq for seq in [*doubled, *order] for each in cursor.accept(event(seq))]
    assert due == list(range(1, 30))
    assert not cursor.is_behind


@given(st.integers(0, 400), st.integers(0, 400))
def test_a_tail_gives_all_after_a_seq_or_says_that_it_cannot(length: int, seq: int) -> None:
    cursor = Cursor(0)
    for number in range(1, length + 1):
        cursor.accept(event(number))
    found = cursor.since(seq)
    is_within = seq >= length - TAIL_EVENTS
    assert (found is not None) == is_within
    assert [each.seq for each in found or []] == (list(range(seq + 1, length + 1)) if is_within else [])


def test_a_tail_is_lengthened_only_by_what_joins_it() -> None:
    cursor = Cursor(10)
    cursor.accept(event(11))
    cursor.lengthen_tail([event(7), event(8), event(9), event(10), event(11)])
    cursor.lengthen_tail([event(4), event(5)])
    assert [each.seq for each in cursor.since(6) or []] == [7, 8, 9, 10, 11]
    assert cursor.since(4) is None
