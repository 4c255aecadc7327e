"""Moments are written as RFC 3339 in UTC, to the millisecond, whatever was written before."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatflow.instants import write_instant


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (1_700_000_000.001, "2023-11-14T22:13:20.001Z"),
        (1_700_000_000.9999, "2023-11-14T22:13:20.999Z"),
        (1_700_000_001, "2023-11-14T22:13:21.000Z"),
        (1_700_000_000.05, "2023-11-14T22:13:20.050Z"),
        (1_709_251_199.9999999, "2024-03-01T00:00:00.000Z"),
        (-62_135_596_800, "0001-01-01T00:00:00.000Z"),
    ],
)
def test_a_moment_is_written_to_the_millisecond(seconds: float, written: str) -> None:
    assert write_instant(seconds) == written


@given(st.integers(min_value=0, max_value=4_102_444_800_000))
def test_a_moment_reads_as_it_was_written(milliseconds: int) -> None:
    read = datetime.fromisoformat(write_instant(milliseconds / 1000))
    assert read == datetime.fromtimestamp(milliseconds // 1000, UTC).replace(microsecond=milliseconds % 1000 * 1000)
