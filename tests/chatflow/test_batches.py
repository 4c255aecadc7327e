"""A list goes in batches of a bounded size, in order, and nothing is left out."""

import pytest

from chatflow.batches import batches


@pytest.mark.parametrize("length", [0, 1, 2, 3, 4, 7])
def test_all_items_come_in_order_and_never_too_many_at_once(length: int) -> None:
    some = list(batches(range(length), 3))

    assert [item for batch in some for item in batch] == list(range(length))
    assert all(1 <= len(batch) <= 3 for batch in some)
