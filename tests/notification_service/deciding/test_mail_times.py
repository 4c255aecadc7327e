"""Mails go out once something was unread for the delay, or at nine in the morning where their person is."""

from datetime import UTC, datetime, timedelta

import pytest

from notification_service.deciding.mail_times import looked_at, mailed_from
from notification_service.deciding.preferences import Mails

# A Friday; nine in the evening in Seoul, and seven in the morning in New York.
OWED_AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("mode", "zone", "due"),
    [
        ("unread", "Asia/Seoul", "2026-11-20T12:30:00Z"),
        ("daily", "Asia/Seoul", "2026-11-21T09:00:00+09:00"),
        ("daily", "America/New_York", "2026-11-20T09:00:00-05:00"),
        ("daily", None, "2026-11-21T09:00:00Z"),
        ("daily", "Atlantis/Sunken", "2026-11-21T09:00:00Z"),
        ("weekly", "Asia/Seoul", "2026-11-23T09:00:00+09:00"),
        ("weekly", "America/New_York", "2026-11-23T09:00:00-05:00"),
    ],
)
def test_a_mode_says_from_when_on_it_is_mailed(mode: str, zone: str | None, due: str) -> None:
    wish = Mails(mode=mode, delay_minutes=30)  # type: ignore[arg-type]  # one of them

    assert mailed_from(wish, owed_at=OWED_AT, zone=zone) == at(due)


@pytest.mark.parametrize(
    ("owed_at", "mode", "due"),
    [
        # A second before nine, and at nine.
        ("2026-11-23T08:59:59+09:00", "daily", "2026-11-23T09:00:00+09:00"),
        ("2026-11-23T09:00:00+09:00", "daily", "2026-11-24T09:00:00+09:00"),
        ("2026-11-23T08:59:59+09:00", "weekly", "2026-11-23T09:00:00+09:00"),
        ("2026-11-23T09:00:00+09:00", "weekly", "2026-11-30T09:00:00+09:00"),
        # Still Sunday in UTC.
        ("2026-11-23T08:00:00+09:00", "weekly", "2026-11-23T09:00:00+09:00"),
    ],
)
def test_what_comes_in_the_morning_waits_for_the_next_one(owed_at: str, mode: str, due: str) -> None:
    wish = Mails(mode=mode)  # type: ignore[arg-type]  # one of them

    assert mailed_from(wish, owed_at=at(owed_at), zone="Asia/Seoul") == at(due)


def test_nine_is_nine_when_the_clocks_are_put_back() -> None:
    evening_before = at("2026-10-24T20:00:00+02:00")

    assert mailed_from(Mails(mode="daily"), owed_at=evening_before, zone="Europe/Berlin") == at(
        "2026-10-25T09:00:00+01:00"
    )


def test_of_what_was_unread_more_may_come_and_in_the_morning_all_is_there() -> None:
    assert looked_at(Mails(mode="unread"), OWED_AT) == OWED_AT + timedelta(minutes=1)
    assert looked_at(Mails(mode="daily"), OWED_AT) == OWED_AT
