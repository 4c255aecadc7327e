"""Passwords: how they are kept and compared, two at a time, without keeping the processors from others."""

import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import argon2

from chatflow.errors import Unavailable

Result = TypeVar("Result")

# 19 MiB and two passes: OWASP's first choice where memory is dear. 25 ms here.
HASHER = argon2.PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Each of those who wait holds a thread of the server, which has so many more than anybody else needs. Half a second of
# work stands in this line; whoever finds it full is told to come back.
LINE_AT_MOST = 40
# A line that moves slower than this is refused rather than answered after its client has left.
WAIT_SECONDS = 4.0
# Below everything else: a storm of logins takes what the processors have left.
NICENESS = 3


def stand_back() -> None:
    """Let this thread go after all others; only Linux knows that of a thread."""
    if sys.platform == "linux":
        os.nice(NICENESS)


# Two at once keep two cores busy and cost 38 MiB; more would only wait for each other.
POOL = ThreadPoolExecutor(2, thread_name_prefix="argon2", initializer=stand_back)
LINE = threading.BoundedSemaphore(LINE_AT_MOST)
# What a name that nobody has is compared with, so that it takes as long as one that somebody has.
NOBODYS_HASH = HASHER.hash("nobody's password")


def hash_password(password: str) -> str:
    return in_turn(lambda: HASHER.hash(password))


def matches_password(password: str, password_hash: str | None) -> bool:
    """Compare in the same time whether or not there is anything to compare with."""
    try:
        in_turn(lambda: HASHER.verify(password_hash or NOBODYS_HASH, password))
    except argon2.exceptions.VerificationError:
        return False
    return password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Tell whether the hash was made with other parameters than today's."""
    return HASHER.check_needs_rehash(password_hash)


def in_turn(work: Callable[[], Result]) -> Result:
    """Do the work when it is its turn, or raise Unavailable where that would be late."""
    if not LINE.acquire(blocking=False):
        raise Unavailable(retry_after=1.0)
    try:
        waiting = POOL.submit(work)
        try:
            return waiting.result(WAIT_SECONDS)
        except TimeoutError:
            waiting.cancel()
            raise Unavailable(retry_after=1.0) from None
    finally:
        LINE.release()
