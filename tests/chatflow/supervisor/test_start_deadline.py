"""Who says that it is still starting gets its time anew; who says the same for ever, or anything else, does not."""

from chatflow.supervisor.start_deadline import READY_WITHIN_SECONDS, STILL_STARTING, StartDeadline


def times_out_at(lines: dict[float, str], *, until: float = 1000.0) -> float | None:
    """Return when the deadline has passed, with a process that says these lines at these times."""
    deadline, last_line, now = StartDeadline(0.0), "up", 0.0
    while now < until:
        last_line = lines.get(now, last_line)
        if deadline.is_over(now, last_line=last_line):
            return now
        now += 1.0
    return None


def test_a_process_has_its_time_whatever_else_it_says() -> None:
    assert times_out_at({10.0: "one", 80.0: "two"}) == READY_WITHIN_SECONDS + 1


def test_a_process_that_gets_on_has_it_anew_each_time() -> None:
    progress = {float(second): f"{STILL_STARTING}: messages={second}" for second in range(10, 501, 10)}

    assert times_out_at(progress) == 500 + READY_WITHIN_SECONDS + 1


def test_a_process_that_says_the_same_for_ever_does_not_get_on() -> None:
    assert (
        times_out_at({float(second): STILL_STARTING for second in range(10, 501, 10)}) == 10 + READY_WITHIN_SECONDS + 1
    )
