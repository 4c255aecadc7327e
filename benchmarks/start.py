"""Starting with everything on: from the second start on, how soon it is ready, and what it holds in memory then."""

import time

from benchmarks.bench import Bench
from benchmarks.result import Measure, Result, at_most
from benchmarks.stack import open_stack

READY_SECONDS = 5
RESIDENT_MEGABYTES = 512
# Until what the start left behind is settled.
SETTLE_SECONDS = 3.0
# What is off by default; its port is any that is free.
EVERYTHING = {"CHATFLOW_ADMIN": "1", "CHATFLOW_ADMIN_PORT": "0"}


def run(bench: Bench) -> Result:
    ready: list[float] = []
    resident: list[dict[str, float]] = []
    with bench.room("start") as folder:
        with open_stack(folder, **EVERYTHING):
            pass
        for _ in range(bench.count(5, 1)):
            begun = time.monotonic()
            with open_stack(folder, **EVERYTHING) as stack:
                ready.append(time.monotonic() - begun)
                time.sleep(SETTLE_SECONDS)
                resident.append(stack.resident_megabytes())
            bench.say(f"  ready after {ready[-1]:.2f} s, {sum(resident[-1].values()):.0f} MB")
    seconds = Measure("from the second start to ready", "s", ready)
    whole = Measure("resident memory of all processes", "MB", [sum(each.values()) for each in resident])
    each = [Measure(f"of it {name}", "MB", [one[name] for one in resident]) for name in resident[0]]
    return Result(
        [seconds, whole, *each],
        [
            at_most(seconds.median, READY_SECONDS, what="ready", unit="s"),
            at_most(whole.median, RESIDENT_MEGABYTES, what="whole stack, resident", unit="MB"),
        ],
    )
