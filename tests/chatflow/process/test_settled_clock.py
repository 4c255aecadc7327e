"""Nothing is deleted by age before the wall clock has stood: since the start, and since it was set."""

import pytest

from chatflow.process.settled_clock import SET_SECONDS, SETTLING_SECONDS_AT_MOST, SettledClock

DAY = 86_400.0
NOW = 1_800_000_000.0


class Machine:
    """Both clocks of a machine: the one on the wall can be set."""

    def __init__(self) -> None:
        self.wall, self.elapsed = NOW, 1000.0

    def run(self, seconds: float) -> None:
        self.wall += seconds
        self.elapsed += seconds

    def open_clock(self, *, grace_seconds: float = DAY) -> SettledClock:
        return SettledClock(grace_seconds=grace_seconds, wall=lambda: self.wall, elapsed=lambda: self.elapsed)


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def clock(machine: Machine) -> SettledClock:
    """One that has stood."""
    clock = machine.open_clock()
    machine.run(DAY)
    return clock


@pytest.mark.parametrize(("grace_seconds", "stands_seconds"), [(DAY, SETTLING_SECONDS_AT_MOST), (60.0, 60.0)])
def test_a_process_that_starts_waits_until_the_clock_has_stood(
    machine: Machine, grace_seconds: float, stands_seconds: float
) -> None:
    clock = machine.open_clock(grace_seconds=grace_seconds)
    machine.run(stands_seconds - 0.5)
    assert clock.read() is None
    machine.run(1)

    assert clock.read() == machine.wall


def test_where_no_grace_is_wanted_nothing_waits(machine: Machine) -> None:
    assert machine.open_clock(grace_seconds=0).read() == machine.wall


@pytest.mark.parametrize("days", [40, -40])
def test_a_clock_that_was_set_has_to_stand_and_so_has_one_that_is_put_right(
    machine: Machine, clock: SettledClock, days: int
) -> None:
    machine.wall += days * DAY
    assert clock.read() is None
    machine.run(60)
    assert clock.read() is None
    machine.wall -= days * DAY
    assert clock.read() is None

    machine.run(SETTLING_SECONDS_AT_MOST)
    assert clock.read() == machine.wall


def test_a_clock_that_was_set_for_good_is_followed_once_it_has_settled(machine: Machine, clock: SettledClock) -> None:
    machine.wall += 40 * DAY
    assert clock.read() is None
    machine.run(SETTLING_SECONDS_AT_MOST)

    assert clock.read() == machine.wall


def test_what_a_time_server_does_stops_nothing(machine: Machine, clock: SettledClock) -> None:
    machine.wall += SET_SECONDS
    assert clock.read() == machine.wall


def test_a_clock_that_creeps_away_never_settles(machine: Machine, clock: SettledClock) -> None:
    told = []
    for _ in range(24 * 60):
        machine.run(60)
        machine.wall += 29 * 60
        told.append(clock.read())

    assert [time for time in told if time is not None and time > NOW + DAY + 2 * SET_SECONDS] == []
