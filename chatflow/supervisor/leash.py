"""Becomes another program, one that the kernel ends together with our parent: for servers that know no lifeline.

Used as `python leash.py <parent's pid> <program> <arguments…>`. Where the kernel has no such wish (all but Linux), the
next start ends what was left over.
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
        # Had the parent died before the wish was heard, nobody would ever end us.
        if os.getppid() != int(parent):
            sys.exit(1)
    os.execv(program[0], program)  # noqa: S606


if __name__ == "__main__":
    main()
