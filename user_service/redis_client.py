"""Asks Redis something now and then: counters of rate limits, and hints to other processes."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import redis

from chatflow.errors import Unavailable

# Somebody waits for the answer to a login or a logout meanwhile.
TIMEOUT_SECONDS = 0.25

Command = tuple[Any, ...]


def call(url: str, commands: Sequence[Command]) -> list[Any]:
    """Send these commands together and return their answers; raises Unavailable if the server did not take them."""
    try:
        with client(url).pipeline(transaction=False) as pipeline:
            for command in commands:
                pipeline.execute_command(*command)  # type: ignore[no-untyped-call]
            return pipeline.execute()
    except (OSError, redis.RedisError) as error:
        raise Unavailable(f"Redis: {error}") from error


@cache
def client(url: str) -> redis.Redis:
    """Return the client of this process: a connection for each thread that asks at the same time, kept open."""
    return redis.Redis.from_url(url, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS)
