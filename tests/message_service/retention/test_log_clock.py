"""The log's time goes on as the machine runs, whatever becomes of the wall clock, and trusts it again after a while."""

import pytest

from message_service.retention.log_clock import DOUBTED_SECONDS, ClockMark, LogClock

DAY = 86_400.0
NOW = 1_800_000_000.0


class Machine:
    """Both clocks of one machine: the one on the wall can be set, and starts anywhere after a boot."""

    def __init__(self) -> None:
        self.wall = NOW
        self.elapsed = 1000.0
        self.boot_id = "first"

    def run(self, seconds: float) -> None:
        self.wall += seconds
        self.elapsed += seconds

    def be_off(self, seconds: float) -> None:
        self.wall += seconds
        self.elapsed = 10.0
        self.boot_id += " and another"

    def open_clock(self, kept: ClockMark | None = None, *, grace_seconds: float = DAY) -> LogClock:
        return LogClock(
            kept,
            grace_seconds=grace_seconds,
            wall=lambda: self.wall,
            elapsed=lambda: self.elapsed,
            boot_id=self.boot_id,
        )


@pytest.fixture
def machine() -> Machine:
    return Machine()


def test_a_wall_clock_that_goes_well_is_followed(machine: Machine) -> None:
    clock = machine.open_clock()
    machine.run(300)
    machine.wall += 20  # a time server sets it

    assert clock.read() == NOW + 320
    assert clock.for_retention() is not None


@pytest.mark.parametrize("days", [40, -40])
def test_a_clock_that_jumps_is_doubted_and_time_goes_on_as_the_machine_runs(machine: Machine, days: int) -> None:
    clock = machine.open_clock()
    machine.run(60)
    clock.read()
    machine.wall += days * DAY
    machine.run(600)

    assert clock.read() == NOW + 660
    assert clock.for_retention() is None
    machine.wall -= days * DAY
    assert clock.read() == NOW + 660
    assert clock.for_retention() is not None


def test_an_hour_is_no_reason_to_doubt_and_more_than_one_is(machine: Machine) -> None:
    clock = machine.open_clock()
    machine.wall += DOUBTED_SECONDS
    assert not clock.is_doubted
    machine.wall += 1
    assert clock.is_doubted


def test_a_clock_that_runs_too_fast_is_doubted_also_by_processes_that_start_anew(machine: Machine) -> None:
    clock = machine.open_clock()
    for _ in range(2 * 24 * 60):
        machine.run(60)
        machine.wall += 29 * 60
        clock = machine.open_clock(clock.mark)

    assert clock.is_doubted
    assert clock.for_retention() is None
    assert clock.read() <= NOW + 2 * DAY + DOUBTED_SECONDS + 60


def test_a_clock_that_is_set_by_little_again_and_again_is_doubted(machine: Machine) -> None:
    clock = machine.open_clock()
    doubts = []
    for _ in range(4):
        machine.run(DAY / 4)
        machine.wall += 1000
        doubts.append(clock.is_doubted)

    assert doubts == [False, False, False, True]


def test_a_clock_that_drifts_as_clocks_do_is_followed(machine: Machine) -> None:
    clock = machine.open_clock()
    for _ in range(200):
        machine.run(DAY)
        machine.wall += 400e-6 * DAY
        assert clock.read() == machine.wall

    assert not clock.is_doubted


def test_what_has_to_stand_is_counted_as_the_machine_runs(machine: Machine) -> None:
    clock = machine.open_clock()
    machine.run(60)
    machine.wall += 21 * DAY
    clock.trust()
    assert running_time_of(clock) == NOW + 60
    machine.run(60)
    machine.wall += 1200
    # Also by a process that starts again, and as it was before a boot.
    again = machine.open_clock(clock.mark)
    kept = again.mark
    assert running_time_of(again) == NOW + 120
    machine.be_off(600)
    assert running_time_of(machine.open_clock(kept)) == NOW + 120


def test_a_mark_of_an_older_version_is_gone_on_from(machine: Machine) -> None:
    older = ClockMark(boot_id=machine.boot_id, elapsed=machine.elapsed, time=machine.wall)
    machine.run(60)
    clock = machine.open_clock(older)

    assert clock.read() == running_time_of(clock) == NOW + 60
    machine.wall += DOUBTED_SECONDS + 1
    assert clock.is_doubted


def running_time_of(clock: LogClock) -> float:
    counted = clock.for_retention()
    assert counted is not None
    assert counted.running_time is not None
    return counted.running_time


def test_a_clock_that_has_stood_for_the_grace_period_is_trusted(machine: Machine) -> None:
    clock = machine.open_clock()
    machine.wall += 40 * DAY
    clock.read()
    machine.run(DAY - 1)
    assert clock.is_doubted
    machine.run(1)

    assert clock.read() == machine.wall
    assert not clock.is_doubted


def test_a_clock_that_is_set_again_while_it_is_doubted_has_to_stand_anew(machine: Machine) -> None:
    clock = machine.open_clock()
    machine.wall += 40 * DAY
    clock.read()
    machine.run(DAY - 1)
    machine.wall += 40 * DAY
    clock.read()
    machine.run(DAY - 1)

    assert clock.is_doubted
    machine.run(1)
    assert not clock.is_doubted


def test_a_process_that_starts_again_on_the_same_boot_knows_how_long_it_was_away(machine: Machine) -> None:
    kept = machine.open_clock().mark
    machine.run(3 * DAY)
    assert machine.open_clock(kept).read() == NOW + 3 * DAY
    assert not machine.open_clock(kept).is_doubted
    machine.wall += 40 * DAY

    assert machine.open_clock(kept).read() == NOW + 3 * DAY
    assert machine.open_clock(kept).is_doubted


def test_a_doubt_outlives_the_process_and_so_does_its_waiting(machine: Machine) -> None:
    first = machine.open_clock()
    machine.wall += 40 * DAY
    first.read()
    machine.run(DAY / 2)
    second = machine.open_clock(first.mark)
    assert second.is_doubted
    machine.run(DAY / 2)

    assert not second.is_doubted


def test_after_a_long_stop_stamps_follow_the_clock_and_retention_waits(machine: Machine) -> None:
    kept = machine.open_clock().mark
    machine.be_off(21 * DAY)
    clock = machine.open_clock(kept)
    machine.run(60)

    assert clock.read() == machine.wall
    assert clock.for_retention() is None
    # Also of a process that starts while it waits.
    assert machine.open_clock(clock.mark).for_retention() is None
    machine.run(DAY)
    assert clock.for_retention() is not None


def test_after_a_short_stop_nothing_waits(machine: Machine) -> None:
    kept = machine.open_clock().mark
    machine.be_off(600)

    assert not machine.open_clock(kept).is_doubted


def test_a_machine_that_wakes_up_in_the_past_goes_on_where_the_log_was(machine: Machine) -> None:
    kept = machine.open_clock().mark
    machine.be_off(-3650 * DAY)
    clock = machine.open_clock(kept)
    machine.run(30)
    assert clock.read() == NOW + 30
    # Then the time server is reached.
    machine.wall = NOW + 5 * DAY

    assert clock.read() == NOW + 5 * DAY
    assert clock.is_doubted


def test_somebody_may_say_that_the_clock_is_right_and_every_process_hears_of_it(machine: Machine) -> None:
    clock, other = machine.open_clock(), machine.open_clock()
    machine.wall += 21 * DAY
    clock.trust()
    assert clock.read() == machine.wall
    assert clock.for_retention() is not None
    assert other.is_doubted
    other.note(clock.mark)

    assert other.read() == machine.wall


def test_what_was_stamped_in_doubt_is_named_once_the_clock_is_trusted(machine: Machine) -> None:
    clock = machine.open_clock()
    machine.run(60)
    clock.read()
    machine.wall += 21 * DAY
    clock.read()
    machine.run(600)
    clock.trust()

    counted = clock.for_retention()
    assert counted is not None
    assert (counted.unsure_from, counted.unsure_until) == (NOW + 60, machine.wall)
