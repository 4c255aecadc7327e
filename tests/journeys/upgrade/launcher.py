"""Runs a module of whichever checkout a file names: `python launcher.py FILE MODULE ARGUMENT…`; a restart asks anew.

It is started by its path, so that nothing of the checkout that it lies in is imported.
"""

import os
import sys
from pathlib import Path

if __name__ == "__main__":
    os.chdir(Path(sys.argv[1]).read_text())
    os.execv(sys.executable, [sys.executable, "-m", *sys.argv[2:]])  # noqa: S606
