"""Who is told of an event, and why somebody is not."""

from datetime import UTC, datetime

import pytest

from chatflow.presence.keys_redis import Found
from chatflow.wire.outbox import AlertDetails, Job, Recipient
from notification_service.deciding.making_notices import make_notices
from notification_service.deciding.notices import Notice
from notification_service.deciding.preferences import Kinds, Levels, Preferences
from notification_service.deciding.steps import read_steps
from tests.notification_service.message_service_edge import details_about, recipient

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
JOB = Job("room", 7)
WITHOUT_THREADS = Preferences(levels=Levels(in_app=Kinds(thread=False)))


def notices_for(*recipients: Recipient, **wishes: Preferences) -> list[Notice]:
    return make_notices(details_about(JOB, *recipients), preferences=wishes, now=NOW)


def verdict(person: Recipient, **wishes: Preferences) -> str | None:
    [notice] = notices_for(person, **wishes)
    return notice.suppressed


def test_everyone_concerned_gets_a_notice_of_their_own() -> None:
    bob, carol = notices_for(recipient("bob", reason="mention"), recipient("carol", reason="reply"))

    assert (bob.user_id, bob.kind, bob.suppressed) == ("bob", "mention", None)
    assert (carol.user_id, carol.kind, carol.suppressed) == ("carol", "reply", None)
    assert bob.id != carol.id


def test_a_notice_has_the_place_time_and_actor_of_its_event_and_no_text() -> None:
    [notice] = notices_for(recipient())

    assert (notice.room_id, notice.seq, notice.actor, notice.at) == ("room", 7, "alice", "2026-11-20T10:00:00.000Z")
    assert "only here" not in repr(notice)


def test_the_same_job_makes_the_same_notices_at_any_time() -> None:
    assert notices_for(recipient()) == notices_for(recipient())


def test_whoever_did_it_is_not_told() -> None:
    assert notices_for(recipient("alice")) == []


def test_nothing_is_told_of_what_is_gone() -> None:
    gone = AlertDetails(job=JOB, room_kind="channel", room_name=None, event=None, recipients=[recipient()])

    assert make_notices(gone, preferences={}, now=NOW) == []


def test_whoever_blocks_who_did_it_is_not_told_and_everybody_else_is() -> None:
    details = details_about(JOB, recipient("bob"), recipient("carol"))
    blocked = {("bob", "alice"), ("alice", "carol")}

    notices = make_notices(
        details, preferences={}, now=NOW, blocks=lambda user_id, other_id: (user_id, other_id) in blocked
    )

    assert [(notice.user_id, notice.suppressed) for notice in notices] == [("bob", "blocked"), ("carol", None)]


@pytest.mark.parametrize(("read_seq", "suppressed"), [(6, None), (7, "read"), (8, "read")])
def test_what_was_read_already_is_not_told(read_seq: int, suppressed: str | None) -> None:
    assert verdict(recipient(read_seq=read_seq)) == suppressed


@pytest.mark.parametrize(("read_seq", "suppressed"), [(7, None), (8, "read")])
def test_whoever_is_taken_in_has_read_nothing_by_that(read_seq: int, suppressed: str | None) -> None:
    assert verdict(recipient(reason="invitation", read_seq=read_seq)) == suppressed


@pytest.mark.parametrize(
    ("muted_until", "suppressed"),
    [("2026-11-20T12:00:00.001Z", "room_muted"), ("2026-11-20T12:00:00.000Z", None), (None, None)],
)
def test_a_muted_room_is_silent_until_then(muted_until: str | None, suppressed: str | None) -> None:
    assert verdict(recipient(muted_until=muted_until)) == suppressed


def test_a_kind_that_is_turned_off_is_not_told() -> None:
    assert verdict(recipient("bob", reason="thread"), bob=WITHOUT_THREADS) == "kind_off"
    assert verdict(recipient("bob", reason="mention"), bob=WITHOUT_THREADS) is None
    assert verdict(recipient("carol", reason="thread"), bob=WITHOUT_THREADS) is None


def test_whoever_has_the_room_before_their_eyes_is_not_told() -> None:
    notices = make_notices(
        details_about(JOB, recipient("bob"), recipient("carol")), preferences={}, now=NOW, in_focus={("room", "bob")}
    )

    assert [(notice.user_id, notice.suppressed) for notice in notices] == [("bob", "looking"), ("carol", None)]


def test_a_call_to_those_who_are_here_is_told_to_nobody_else() -> None:
    called = [recipient("bob", only_if_here=True), recipient("carol", only_if_here=True), recipient("dave")]
    presence = Found(here=frozenset({"carol"}), do_not_disturb=frozenset())
    notices = make_notices(details_about(JOB, *called), preferences={}, now=NOW, presence=presence)

    assert {notice.user_id: notice.suppressed for notice in notices} == {"bob": "away", "carol": None, "dave": None}


def test_whoever_does_not_want_to_be_disturbed_is_not() -> None:
    presence = Found(here=frozenset({"bob", "carol"}), do_not_disturb=frozenset({"bob"}))
    notices = make_notices(
        details_about(JOB, recipient("bob"), recipient("carol")), preferences={}, now=NOW, presence=presence
    )

    assert {notice.user_id: notice.suppressed for notice in notices} == {"bob": "dnd", "carol": None}


def test_a_notice_names_its_message_and_keeps_how_it_was_decided() -> None:
    [made] = notices_for(recipient(level="none"))
    [edited] = make_notices(
        details_about(JOB, recipient(), event={"type": "message.edited", "actor": "alice", "at": "now", "id": "m3"}),
        preferences={},
        now=NOW,
    )

    assert (made.message_id, edited.message_id) == ("m7", "m3")
    assert [step.rule for step in read_steps(made.steps or "")][-1] == "level"
    assert read_steps(made.steps or "")[-1].stopped


def test_the_keyword_and_the_wish_to_follow_everything_are_only_said_of_whom_they_concern() -> None:
    details = details_about(
        JOB, recipient("bob", reason="keyword"), recipient("carol"), recipient("dave", reason="thread")
    )

    notices = make_notices(
        details,
        preferences={},
        now=NOW,
        keywords={"bob": "harbour", "carol": "harbour"},
        by_all_threads={"carol", "dave"},
    )

    steps = {notice.user_id: {step.rule: step.detail for step in read_steps(notice.steps or "")} for notice in notices}
    assert steps["bob"]["keyword"] == "harbour"
    assert "keyword" not in steps["carol"]
    assert "all_threads" not in steps["carol"]
    assert "all_threads" in steps["dave"]
