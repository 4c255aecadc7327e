"""The README's first program does what its comments say."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.journeys.scales import ONE, TWO

pytestmark = pytest.mark.scales(ONE, TWO)

ROOT = Path(__file__).parents[2]


def test_the_readmes_program_runs_as_printed(url: str) -> None:
    program = (ROOT / "README.md").read_text().partition("```python\n")[2].partition("```")[0]
    assert "http://localhost:8080" in program

    done = subprocess.run(
        [sys.executable, "-c", program.replace("http://localhost:8080", url) + "\nclient.disconnect()\n"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "'ok': True" in done.stdout
    assert "'duplicate': False" in done.stdout
