"""Hours of quiet, by the clock on the wall where a person is."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatflow.errors import Invalid
from notification_service.deciding.quiet_hours import DAYS, Quiet, check_zone

CLOCKS = st.times().map(lambda time: time.strftime("%H:%M"))
ZONES = st.sampled_from(["UTC", "Asia/Seoul", "Europe/Berlin", "America/St_Johns", "Pacific/Apia", "Asia/Kathmandu"])
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - given by it


def seoul(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+09:00")


@pytest.mark.parametrize(
    ("moment", "is_quiet"),
    [
        # 2026-11-27 is a Friday.
        ("2026-11-27T21:59:59", False),
        ("2026-11-27T22:00:00", True),
        ("2026-11-28T06:59:59", True),
        ("2026-11-28T07:00:00", False),
        # Saturday is not one of the days, so neither is the morning after it.
        ("2026-11-28T23:00:00", False),
        ("2026-11-29T03:00:00", False),
    ],
)
def test_a_night_belongs_to_the_day_on_which_it_begins(moment: str, is_quiet: bool) -> None:
    nights = Quiet(from_="22:00", to="07:00", days=("thu", "fri"), zone="Asia/Seoul")

    assert nights.cover(seoul(moment)) is is_quiet


@pytest.mark.parametrize(
    ("moment", "is_quiet"),
    [("2026-11-27T08:59:00", False), ("2026-11-27T09:00:00", True), ("2026-11-27T18:00:00", False)],
)
def test_hours_within_a_day_end_before_their_end(moment: str, is_quiet: bool) -> None:
    assert Quiet(from_="09:00", to="18:00", days=DAYS, zone="Asia/Seoul").cover(seoul(moment)) is is_quiet


def test_what_ends_when_it_begins_lasts_a_day() -> None:
    fridays = Quiet(from_="08:00", to="08:00", days=("fri",), zone="Asia/Seoul")

    assert not fridays.cover(seoul("2026-11-27T07:59:00"))
    assert fridays.cover(seoul("2026-11-27T08:00:00"))
    assert fridays.cover(seoul("2026-11-28T07:59:00"))
    assert not fridays.cover(seoul("2026-11-28T08:00:00"))


def test_the_hour_that_comes_twice_is_quiet_twice_and_the_end_stays_on_the_wall() -> None:
    # On 2026-10-25 clocks in Berlin go from 03:00 back to 02:00, at 01:00 UTC.
    nights = Quiet(from_="02:30", to="03:00", days=DAYS, zone="Europe/Berlin")

    quiet = [
        minute
        for minute in range(0, 180, 15)
        if nights.cover(datetime(2026, 10, 25, tzinfo=UTC) + timedelta(minutes=minute))
    ]

    assert quiet == [30, 45, 90, 105]


def test_hours_that_a_change_of_the_clock_leaves_out_are_not_quiet() -> None:
    # On 2026-03-29 clocks in Berlin go from 02:00 to 03:00, at 01:00 UTC.
    nights = Quiet(from_="02:00", to="03:00", days=DAYS, zone="Europe/Berlin")

    quiet = [
        minute
        for minute in range(0, 180, 15)
        if nights.cover(datetime(2026, 3, 29, tzinfo=UTC) + timedelta(minutes=minute))
    ]

    assert quiet == []


@given(CLOCKS, CLOCKS, ZONES, MOMENTS)
def test_every_moment_is_in_a_span_or_in_the_rest_of_the_day(start: str, end: str, zone: str, moment: datetime) -> None:
    hours, rest = (Quiet(from_=a, to=b, days=DAYS, zone=zone) for a, b in ((start, end), (end, start)))

    assert (hours.cover(moment) ^ rest.cover(moment)) | (start == end)
    assert hours.cover(moment) or start != end


@given(CLOCKS, CLOCKS, st.sets(st.sampled_from(DAYS)), ZONES, MOMENTS)
def test_each_day_is_its_own(start: str, end: str, days: set[str], zone: str, moment: datetime) -> None:
    whole = Quiet(from_=start, to=end, days=tuple(days), zone=zone)  # type: ignore[arg-type]
    parts = [Quiet(from_=start, to=end, days=(day,), zone=zone) for day in DAYS if day in days]

    assert whole.cover(moment) == any(part.cover(moment) for part in parts)


def test_a_zone_that_is_unknown_is_refused_and_one_that_was_forgotten_is_utc() -> None:
    for name in ("Nowhere/City", "../etc/passwd", "", "a\0b"):
        with pytest.raises(Invalid):
            check_zone(name)
    check_zone("Asia/Seoul")

    assert Quiet(from_="10:00", to="11:00", days=DAYS, zone="Gone/Zone").cover(
        datetime(2026, 11, 27, 10, 30, tzinfo=UTC)
    )
