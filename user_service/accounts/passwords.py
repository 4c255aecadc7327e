"""Passwords: how they are kept and compared, two at a time, without keeping the processors from others."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import argon2

from chatflow.errors import Unavailable

Result = TypeVar("Result")

# 19 MiB and two passes: OWASP's first choice where memory is dear. 25 ms here.
HASHER = argon2.PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Two at once keep two cores busy and cost 38 MiB; more would only wait for each other.
POOL = ThreadPoolExecutor(2, thread_name_prefix="argon2")
# A queue longer than this is refused rather than answered after its client has left.
WAIT_SECONDS = 4.0
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
    waiting = POOL.submit(work)
    try:
        return waiting.result(WAIT_SECONDS)
    except TimeoutError:
        waiting.cancel()
        raise Unavailable(retry_after=1.0) from None
