"""The lifeline: a pipe that the supervisor keeps open; when it ends, the process ends, even after a SIGKILL."""

import os
import sys
import threading

from chatflow.process.settings import Settings

# The status that a shell shows for a process ended by SIGTERM.
LIFELINE_CUT_STATUS = 143


def watch_lifeline(settings: Settings) -> None:
    """End this process at once when the supervisor is gone; do nothing if there is no lifeline."""
    if settings.lifeline_fd is None:
        return
    try:
        os.fstat(settings.lifeline_fd)
    except OSError:
        # Without the pipe, this process could outlive the supervisor.
        sys.exit(f"error: CHATFLOW_LIFELINE_FD is {settings.lifeline_fd}, which is no open file")
    threading.Thread(target=wait_for_the_end, args=(settings.lifeline_fd,), name="lifeline", daemon=True).start()


def wait_for_the_end(lifeline_fd: int) -> None:
    # Nobody ever writes to it: reading returns when no process has the other end open any more.
    os.read(lifeline_fd, 1)
    os._exit(LIFELINE_CUT_STATUS)
