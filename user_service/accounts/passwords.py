"""Hashes and compares passwords, two at a time, so that other requests still find a free processor."""

import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.contrib.auth.hashers import check_password, get_hasher, make_password

from chatflow.errors import Unavailable

Result = TypeVar("Result")

# Each of those who wait occupies a thread of the server, which therefore has so many more than other requests need.
# It is half a second of work; whoever finds the queue full is told to come back.
QUEUED_AT_MOST = 40
# If the queue moves slower than this, an answer would come after its client has left, so the request is refused.
WAIT_SECONDS = 4.0
# Lower priority than everything else, so that a storm of logins takes only what the processors have left.
NICENESS = 3


def lower_priority() -> None:
    """Give this thread a lower priority; only Linux can do that for a single thread."""
    if sys.platform == "linux":
        os.nice(NICENESS)


# Two at once keep two processors busy and cost 38 MiB; more would only wait for each other.
POOL = ThreadPoolExecutor(2, thread_name_prefix="argon2", initializer=lower_priority)
PLACES = threading.BoundedSemaphore(QUEUED_AT_MOST)
# Compared with the password for a name that nobody has, so that it takes as long as for a name that somebody has.
NOBODYS_HASH = make_password("nobody's password")


def hash_password(password: str) -> str:
    return in_turn(lambda: make_password(password))


def matches_password(password: str, encoded: str | None) -> bool:
    """Tell whether the hash is of this password; without a hash it takes as long and is false."""
    is_right = in_turn(lambda: check_password(password, encoded or NOBODYS_HASH))
    return is_right and encoded is not None


def is_outdated(encoded: str) -> bool:
    """Tell whether the hash was made with other parameters than those of today."""
    return get_hasher().must_update(encoded)


def in_turn(work: Callable[[], Result]) -> Result:
    """Do the work when it is its turn, or raise Unavailable if that would be too late."""
    if not PLACES.acquire(blocking=False):
        raise Unavailable(retry_after=1.0)
    try:
        waiting = POOL.submit(work)
        try:
            return waiting.result(WAIT_SECONDS)
        except TimeoutError:
            waiting.cancel()
            raise Unavailable(retry_after=1.0) from None
    finally:
        PLACES.release()
