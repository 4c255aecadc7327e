"""Runs a module of whichever checkout a file names: `python launcher.py FILE MODULE ARGUMENT…`; a restart asks anew.

It is started by its path, so that nothing of the checkout that it lies in is imported.
"""

import os
import runpy
import sys
from pathlib import Path

if __name__ == "__main__":
    checkout, module = Path(sys.argv[1]).read_text(), sys.argv[2]
    os.chdir(checkout)
    sys.path[0] = checkout
    del sys.argv[:2]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
