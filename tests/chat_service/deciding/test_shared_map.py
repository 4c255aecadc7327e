"""A changed mapping costs no copy, and no version sees what was changed in another."""

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_service.deciding.rules.evolve import evolve
from chat_service.deciding.shared_map import SharedMap
from chat_service.deciding.state import RoomState
from chatflow.protocol.events import FOREVER, Event, MemberBanned, MemberJoined, MemberMuted, MemberRole
from tests.chat_service.people import ALICE

KEYS = st.sampled_from("abcd")


@given(st.lists(st.tuples(st.integers(0, 30), KEYS, st.none() | st.integers(0, 3)), max_size=30))
def test_each_version_stays_as_it_was_whatever_is_made_of_any_other(changes: list[tuple[int, str, int | None]]) -> None:
    versions, plain = [SharedMap[int]()], [dict[str, int]()]
    for place, key, value in changes:
        version, before = versions[place % len(versions)], plain[place % len(plain)]
        others = {name: number for name, number in before.items() if name != key}
        versions.append(version.without(key) if value is None else version.with_item(key, value))
        plain.append(others if value is None else others | {key: value})

    assert [dict(version) for version in versions] == plain
    assert versions == plain
    assert [[key in version for key in "abcd"] for version in versions] == [
        [key in one for key in "abcd"] for one in plain
    ]
    assert [len(version) for version in versions] == list(map(len, plain))


FACTS = {"room_id": "r", "n": 0, "actor": ALICE, "at": "2026-11-20T10:00:00.000Z"}
KINDS: dict[str, Callable[[int], Event]] = {
    "joining": lambda seq: MemberJoined(**FACTS, seq=seq, user_id=f"{seq}", role="member"),  # type: ignore[arg-type]
    "banning": lambda seq: MemberBanned(**FACTS, seq=seq, user_id=f"{seq}"),  # type: ignore[arg-type]
    "muting": lambda seq: MemberMuted(**FACTS, seq=seq, user_id=f"{seq}", until=FOREVER),  # type: ignore[arg-type]
    "changing roles": lambda seq: MemberRole(**FACTS, seq=seq, user_id=f"{seq % 100}", role="reader"),  # type: ignore[arg-type]
}


def seconds_for(make: Callable[[int], Event], *, members: int, events: int) -> float:
    """Return the processor's time for so many events in a room of so many people."""
    state = RoomState(room_id="r")
    for seq in range(members):
        state = evolve(state, KINDS["joining"](seq))
    todo = [make(members + number) for number in range(events)]
    begun = time.process_time()
    for event in todo:
        state = evolve(state, event)
    return time.process_time() - begun


@pytest.mark.parametrize("kind", KINDS)
def test_what_changes_who_is_in_a_room_costs_the_same_in_a_large_one(kind: str) -> None:
    make = KINDS[kind]
    small = min(seconds_for(make, members=100, events=1000) for _ in range(10))
    large = min(seconds_for(make, members=20_000, events=1000) for _ in range(3))

    assert large <= 3 * small


def test_whether_one_of_many_keys_is_there_is_answered_for_each_version() -> None:
    empty: SharedMap[int] = SharedMap()
    later = empty.with_item("a", 1)

    assert later.has_any_of(frozenset({"a", "b"}))
    assert not empty.has_any_of(frozenset({"a", "b"}))
    assert not later.has_any_of(frozenset({"b"}))
    assert later.has_any_of(frozenset({"a"}))
