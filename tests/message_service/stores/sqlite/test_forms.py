"""What is kept in a short form comes back as it was, also what is not of the usual form."""

import pytest

from chatflow.ids import new_id
from chatflow.instants import write_instant
from chatflow.protocol.events import Event
from message_service.stores.sqlite.forms import (
    full_id,
    full_time,
    full_type,
    short_id,
    short_op,
    short_time,
    short_type,
)

UNUSUAL_IDS = [
    "",
    "system",
    "*",
    "cid-2",
    "ABCDEF00-0000-7000-8000-00000000000A",
    "00000000-0000-7000-8000-00000000000",
]
TIMES = [write_instant(seconds) for seconds in (0.0, 0.001, 1_795_000_000.999, 253_402_300_799.999)]
UNUSUAL_TIMES = ["", "2026-11-27", "2026-11-27T12:00:00Z", "2026-02-30T12:00:00.000Z", "2026-11-27T12:00:00.0٣0Z"]


@pytest.mark.parametrize("text", UNUSUAL_IDS)
def test_an_id_that_is_none_of_ours_is_kept_as_it_is(text: str) -> None:
    assert short_id(text) == text
    assert full_id(text) == text


def test_ids_come_back_and_sort_as_they_did() -> None:
    ids = [new_id() for _ in range(100)]
    shorts = [bytes(short) for short in map(short_id, ids) if isinstance(short, bytearray)]

    assert [full_id(short) for short in sorted(shorts)] == sorted(ids)


@pytest.mark.parametrize("text", TIMES)
def test_a_time_comes_back(text: str) -> None:
    short = short_time(text)

    assert isinstance(short, int)
    assert full_time(short) == text


@pytest.mark.parametrize("text", UNUSUAL_TIMES)
def test_a_time_of_another_form_comes_back_as_well(text: str) -> None:
    short = short_time(text)

    assert short is not None
    assert full_time(short) == text


def test_types_come_back_also_those_of_a_newer_version() -> None:
    names = [str(kind.__struct_config__.tag) for kind in Event.__args__] + ["room.nudged"]

    assert [full_type(short_type(name)) for name in names] == names


def test_an_op_is_somebodys() -> None:
    assert len({bytes(short_op(*op)) for op in (("a", "bc"), ("ab", "c"), ("a", "bd"))}) == 3
