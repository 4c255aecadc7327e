"""Whether one person is told: a table of the rules, their order, and what holds whatever the facts are."""

from datetime import UTC, datetime
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatflow.protocol.objects import Notify, NotifyLevel
from notification_service.deciding.decide import RULES, Facts, decide
from notification_service.deciding.notices import Suppressed
from notification_service.deciding.preferences import Kind, Kinds, Levels, Preferences
from notification_service.deciding.quiet_hours import DAYS, Quiet
from notification_service.deciding.steps import RULES as KNOWN_RULES
from notification_service.deciding.steps import read_steps, write_step

NOW = datetime(2026, 11, 27, 14, 0, tzinfo=UTC)
LATER, EARLIER = "2026-11-27T14:00:00.001Z", "2026-11-27T14:00:00.000Z"
PLAIN = Facts("bob", "alice", 7, "mention", Notify(), 0, Preferences(), NOW)
# Each makes one rule stop the notice, in the order of the rules.
STOPS: list[tuple[str, dict[str, Any]]] = [
    ("author", {"actor": "bob"}),
    ("blocked", {"is_blocked": True}),
    ("not_a_member", {"is_member": False}),
    ("room_muted", {"notify": Notify(muted_until=LATER)}),
    ("not_concerned", {"kind": None}),
    ("room_level", {"notify": Notify(level="none")}),
    ("away", {"only_if_here": True, "is_here": False}),
    ("kind_off", {"preferences": Preferences(levels=Levels(in_app=Kinds(mention=False)))}),
    ("dnd", {"wants_no_disturbance": True}),
    ("quiet", {"preferences": Preferences(quiet=Quiet(from_="22:00", to="07:00", days=DAYS, zone="Asia/Seoul"))}),
    ("read", {"read_seq": 7}),
    ("looking", {"has_focus": True}),
]

NOTIFIES = st.builds(Notify, st.sampled_from(get_args(NotifyLevel)), st.sampled_from([None, EARLIER, LATER]))
QUIETS = st.none() | st.builds(
    Quiet,
    from_=st.sampled_from(["09:00", "22:00"]),
    to=st.sampled_from(["07:00", "22:00"]),
    days=st.just(DAYS),
    zone=st.just("Asia/Seoul"),
)
PREFERENCES = st.builds(Preferences, levels=st.builds(Levels, in_app=st.builds(Kinds)), quiet=QUIETS)
FACTS = st.builds(
    Facts,
    user_id=st.sampled_from(["alice", "bob"]),
    actor=st.just("alice"),
    seq=st.just(7),
    kind=st.none() | st.sampled_from(get_args(Kind)),
    notify=NOTIFIES,
    read_seq=st.integers(5, 9),
    preferences=PREFERENCES,
    now=st.just(NOW),
    keyword=st.sampled_from([None, "release train"]),
    is_blocked=st.booleans(),
    is_member=st.booleans(),
    only_if_here=st.booleans(),
    is_here=st.booleans(),
    wants_no_disturbance=st.booleans(),
    has_focus=st.booleans(),
    by_all_threads=st.booleans(),
)


def test_who_is_concerned_and_keeps_nothing_back_is_told() -> None:
    told, reason, kept = decide(PLAIN)
    steps = read_steps(kept)

    assert (told, reason) == (True, "mention")
    assert [step.rule for step in steps] == [
        *("author", "blocked", "member", "muted", "concern", "level", "kind", "status", "read", "looking")
    ]
    assert not any(step.stopped for step in steps)


@pytest.mark.parametrize(("reason", "change"), STOPS)
def test_each_rule_stops_a_notice(reason: str, change: dict[str, Any]) -> None:
    decision = decide(PLAIN._replace(**change))
    steps = read_steps(decision.steps)

    assert (decision.told, decision.reason) == (False, reason)
    assert [step.stopped for step in steps] == [False] * (len(steps) - 1) + [True]


@pytest.mark.parametrize("position", range(len(STOPS) - 1))
def test_of_two_rules_the_first_is_the_reason(position: int) -> None:
    (first, one), (_, other) = STOPS[position], STOPS[position + 1]

    assert decide(PLAIN._replace(**one, **other)).reason == first


def test_the_table_of_this_test_names_every_reason() -> None:
    assert {reason for reason, _ in STOPS} == {reason for _, _, reason in RULES}
    assert set(get_args(Suppressed)) == {reason for reason, _ in STOPS} - {"author", "not_a_member", "not_concerned"}


@pytest.mark.parametrize(
    ("level", "told"),
    [
        ("all", {"mention", "reply", "direct", "thread", "invitation", "keyword"}),
        ("mentions", {"mention", "reply", "thread", "invitation", "keyword"}),
        ("none", set()),
    ],
)
def test_the_level_of_a_room_decides_what_is_told(level: NotifyLevel, told: set[str]) -> None:
    decided = {kind: decide(PLAIN._replace(kind=kind, notify=Notify(level=level))) for kind in get_args(Kind)}

    assert {kind for kind, decision in decided.items() if decision.told} == told
    assert {decision.reason for decision in decided.values() if not decision.told} <= {"room_level"}


def test_the_steps_say_what_the_rules_saw() -> None:
    facts = PLAIN._replace(
        kind="keyword",
        keyword="release train",
        notify=Notify("mentions", EARLIER),
        preferences=Preferences(quiet=Quiet(from_="09:00", to="10:00", days=DAYS, zone="Asia/Seoul")),
    )

    seen = {step.rule: step.detail for step in read_steps(decide(facts).steps) if step.detail is not None}

    assert seen == {
        "muted": EARLIER,
        "concern": "keyword",
        "keyword": "release train",
        "level": "mentions",
        "quiet": "09:00-10:00 Asia/Seoul",
    }


@given(FACTS)
def test_the_last_step_decides_and_the_steps_survive_being_kept(facts: Facts) -> None:
    told, reason, kept = decide(facts)
    steps = read_steps(kept)

    assert told is not steps[-1].stopped
    assert not any(step.stopped for step in steps[:-1])
    assert (reason == facts.kind) is told
    order = [KNOWN_RULES.index(step.rule) for step in steps]
    assert order == sorted(set(order))
    assert [write_step(step.rule, stopped=step.stopped, detail=step.detail) for step in steps] == kept.split("\n")
    assert len(kept) <= 400


@given(FACTS)
def test_nobody_is_told_of_what_they_did_or_what_does_not_concern_them(facts: Facts) -> None:
    assert not decide(facts._replace(actor=facts.user_id)).told
    assert not decide(facts._replace(kind=None)).told


def test_steps_of_a_newer_version_are_left_out() -> None:
    assert [step.rule for step in read_steps("author\nweather! rain\nlooking!")] == ["author", "looking"]
