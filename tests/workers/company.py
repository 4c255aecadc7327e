"""Whether a test runs while the other workers run theirs."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class House:
    """Two files that all workers lock, and nobody writes."""

    queue: Path
    room: Path


# The workers of one checkout share it; a lock ends with the process that holds it.
HOUSE = House(queue=Path(__file__), room=Path(__file__).with_name("__init__.py"))


@contextmanager
def company(*, is_wanted: bool, house: House = HOUSE) -> Iterator[None]:
    """Run beside the tests of other workers, or, unless that is wanted, when and while none of them runs."""
    with house.queue.open() as queue, house.room.open() as room:
        # Whoever waits until the room is empty stands first in the queue, so that nobody else can enter it.
        fcntl.flock(queue, fcntl.LOCK_EX)
        fcntl.flock(room, fcntl.LOCK_SH if is_wanted else fcntl.LOCK_EX)
        fcntl.flock(queue, fcntl.LOCK_UN)
        try:
            yield
        finally:
            # Not only by closing: a process that the test forked may hold the file open too.
            fcntl.flock(room, fcntl.LOCK_UN)
