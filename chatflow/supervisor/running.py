"""Runs a written plan until it is told to stop: `python -m chatflow.supervisor.running PLAN`."""

import asyncio
import sys
from pathlib import Path

from chatflow.supervisor.logbook import Logbook
from chatflow.supervisor.plan import Plan, read_plan
from chatflow.supervisor.refusal import StartRefused
from chatflow.supervisor.supervision import Supervision
from chatflow.supervisor.terminal import stdout_terminal

LAST_LINES_SECONDS = 1.0


def main() -> None:
    plan = read_plan(Path(sys.argv[1]))
    terminal = stdout_terminal()
    try:
        asyncio.run(run(plan, book=Logbook(plan.logs_dir, terminal=terminal)))
    except StartRefused as refusal:
        terminal.close(within_seconds=LAST_LINES_SECONDS)
        sys.exit(f"error: {refusal}")
    terminal.close(within_seconds=LAST_LINES_SECONDS)


async def run(plan: Plan, *, book: Logbook) -> None:
    await Supervision(plan, book=book).run()


if __name__ == "__main__":
    main()
