"""The option `--gateways` reaches every journey that starts an installation."""

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent
# Two of their own, and one of each whose memory is counted, by the nature of what they ask; and two that start none.
FIXED = ("test_added.py::", "test_gateways.py::", "test_memory.py::", "upgrade/test_acks.py::", "test_scales.py::")


def test_every_journey_runs_on_as_many_gateways_as_it_is_told() -> None:
    collected = subprocess.run(
        [sys.executable, "-m", "pytest", str(FOLDER), "--gateways", "3", "--collect-only", "-q"],
        cwd=FOLDER.parents[1],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    journeys = [line for line in collected if "::" in line and not any(name in line for name in FIXED)]
    assert journeys
    assert [line for line in journeys if "[3-gateways" not in line] == []
