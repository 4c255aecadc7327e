"""Locks on a data folder: one supervisor at a time, and only after all processes of an earlier one have ended."""

import fcntl
import os
import time
from pathlib import Path

from chatflow.supervisor.refusal import StartRefused

# `chatflow status` takes the lock for an instant to find out whether a supervisor has it.
GLANCE_SECONDS = 0.5
# Processes whose supervisor was killed end within moments; one that shuts down properly may take 8 s.
LEFTOVER_SECONDS = 10.0
RETRY_SECONDS = 0.02


def take_data_folder(data_dir: Path) -> int:
    """Lock the folder for this supervisor and return the lock that its processes inherit, or raise StartRefused.

    The supervisor's own lock stays open, and survives an exec, until the process ends.
    """
    own = open_lock(data_dir / "run" / "supervisor.lock")
    if not taken_within(own, seconds=GLANCE_SECONDS):
        raise StartRefused(
            f"ChatFlow is already running on {data_dir}: see `chatflow status --data {data_dir}`, "
            "or start with another folder (--data) and port (--port)"
        )
    shared = open_lock(data_dir / "run" / "processes.lock")
    if not taken_within(shared, seconds=LEFTOVER_SECONDS):
        raise StartRefused(
            f"processes of an earlier run still use {data_dir}: end them (`fuser -v {data_dir}/run/processes.lock` "
            "lists them) and start again"
        )
    os.set_inheritable(own, True)
    os.set_inheritable(shared, True)
    return shared


def is_supervised(data_dir: Path) -> bool:
    """Tell whether a supervisor runs on this folder now."""
    try:
        lock = os.open(data_dir / "run" / "supervisor.lock", os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        return not taken_within(lock, seconds=0)
    finally:
        os.close(lock)


def open_lock(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def taken_within(lock: int, *, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(RETRY_SECONDS)
        else:
            return True
