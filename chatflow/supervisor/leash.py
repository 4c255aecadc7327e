"""Starts a server that has no lifeline, so that the kernel ends it together with our parent, the supervisor.

Used as `python leash.py <parent's pid> <program> <arguments…>`; this process becomes the program. Only Linux can do
this; elsewhere the next start ends a server that was left over.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    parent, *program = sys.argv[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        # If the parent died before the call above, nobody would ever end us.
        if os.getppid() != int(parent):
            sys.exit(1)
    os.execv(program[0], program)  # noqa: S606


if __name__ == "__main__":
    main()
