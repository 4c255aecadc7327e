"""Runs the client's build script as `make` does."""

import fcntl
import subprocess
import sys
from pathlib import Path

CHAT_UI = Path(__file__).parents[2] / "chat_ui"
# Installing over a slow line is the longest part.
WITHIN_SECONDS = 300


def run_build(*arguments: str) -> str:
    """Return what it printed; a failure fails the test with that."""
    command = [sys.executable, str(CHAT_UI / "build.py"), *arguments]
    # Two workers may find it out of date at once.
    with Path(__file__).open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = subprocess.run(command, capture_output=True, text=True, timeout=WITHIN_SECONDS, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
