"""`python -m benchmarks`: measures every row, or those named, and says what came out; a missed target is no failure."""

import argparse
import resource
import subprocess
import sys
import time
import traceback
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.build import Missing
from benchmarks.machine import describe_machine, describe_versions
from benchmarks.report import Measured, as_page, as_text, load, now, save, write_page
from benchmarks.result import Result
from benchmarks.rows import ROWS, Row

# What a server or a load client that does not do its part ends in.
FAILURES = (RuntimeError, OSError, ValueError, KeyError, subprocess.SubprocessError)
ROOT = Path(__file__).resolve().parents[1]
PAGE = Path(__file__).with_name("README.md")


def main() -> None:
    names = [row.name for row in ROWS]
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", action="append", choices=names, metavar="NAME", help=f"one of: {', '.join(names)}")
    parser.add_argument("--quick", action="store_true", help="one short run of each, to see that it works")
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "bench", help="for results and what is built")
    parser.add_argument("--write", action="store_true", help="put the report into benchmarks/README.md")
    arguments = parser.parse_args()
    if arguments.quick and arguments.write:
        parser.error("what was measured in a hurry is not worth a page: --write goes without --quick")
    folder = arguments.folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    # Ten thousand connections are as many files, here and in what is started from here.
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    bench = Bench(folder, quick=arguments.quick)
    # What was measured in a hurry never stands beside or in place of the rest.
    results = folder / ("results-quick" if bench.quick else "results")
    wanted = [row for row in ROWS if arguments.only is None or row.name in arguments.only]
    are_whole = [measure(bench, row, results=results) for row in wanted]
    found = load(results, names)
    (results / "report.md").write_text(as_page(found, plots="."))
    if arguments.write:
        write_page(PAGE, found, results=results)
    sys.stdout.write(as_text([each for each in found if each.name in {row.name for row in wanted}]))
    sys.stdout.write(f"all results: {results}\n")
    sys.exit(0 if all(are_whole) else 1)


def measure(bench: Bench, row: Row, *, results: Path) -> bool:
    """Measure one row and keep the result at once, so that a run that is cut off has what it got; false: it failed."""
    bench.say(f"{row.name}: {row.title}")
    begun = time.monotonic()
    is_whole = True
    try:
        result = row.run(bench)
    except Missing as missing:
        result = Result(notes=[f"Left out: {missing}."])
    except FAILURES as failure:
        # The others are worth measuring all the same.
        traceback.print_exc()
        result = Result(notes=[f"Failed: {failure}"])
        is_whole = False
    save(
        results,
        Measured(
            name=row.name,
            title=row.title,
            at=now(),
            quick=bench.quick,
            seconds=round(time.monotonic() - begun, 1),
            machine=describe_machine(bench.folder),
            versions=describe_versions(bench.folder),
            result=result,
        ),
    )
    return is_whole


if __name__ == "__main__":
    main()
