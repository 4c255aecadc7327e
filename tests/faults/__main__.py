"""`make chaos`: breaks a running ChatFlow in every known way, and says whether it kept its promises."""

import argparse
import gc
import sys
import tempfile
from pathlib import Path

import uvloop

from tests.faults.run import Order, report, run
from tests.faults.sabotage import SABOTAGES

# What stands in for MongoDB here uses no index and gets slower with each message: more would only show an overload.
RATES = {"embedded": Order.rate, "cluster": 6.0}
SECONDS = {"embedded": Order.seconds, "cluster": 120.0}
GROUPS = {"embedded": Order.groups, "cluster": 1}


def main() -> int:
    order = read_order()
    # A collection of the whole heap, late in a long run, would stop the clock of everybody who watches.
    gc.set_threshold(50_000, 50, 1000)
    verdict = uvloop.run(run(order, say=say))
    say(report(order, verdict))
    return 0 if verdict.is_clean else 1


def read_order() -> Order:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--seconds", type=float, help=f"how long things break {SECONDS}")
    parser.add_argument("--seed", type=int, default=Order.seed)
    parser.add_argument("--profile", choices=["embedded", "cluster"], default=Order.profile)
    parser.add_argument("--workers", type=int, default=Order.workers)
    parser.add_argument("--gateways", type=int, default=Order.gateways)
    parser.add_argument("--rate", type=float, help=f"messages a second while nothing is broken {RATES}")
    parser.add_argument("--messages", type=int, help="end before the time is over when so many are acked")
    parser.add_argument("--groups", type=int, help=f"of people who make the load {GROUPS}")
    parser.add_argument("--sabotage", choices=["-", *SABOTAGES], default=Order.sabotage)
    parser.add_argument("--only", nargs="*", default=[], metavar="PART", help="faults with this in their name")
    parser.add_argument("--folder", type=Path, help="an empty folder for data and history [a temporary one]")
    given = vars(parser.parse_args())
    folder = given.pop("folder") or Path(tempfile.mkdtemp(prefix="chatflow-chaos-"))
    given["rate"] = given["rate"] or RATES[given["profile"]]
    given["seconds"] = given["seconds"] or SECONDS[given["profile"]]
    given["groups"] = given["groups"] or GROUPS[given["profile"]]
    return Order(folder=folder, only=tuple(given.pop("only")), **given)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
