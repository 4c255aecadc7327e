"""Makes a page of the threads that a person follows from the rows of their list and what each store finds of them."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from message_service.stores.port import THREADS_LOOKED_AT, FoundThread, ThreadPage


class FollowedRow(NamedTuple):
    """A thread in a person's list: how far they have read it, and where its last reply puts it."""

    thread: str
    room_id: str
    read_n: int
    last_n: int
    last_at: str

    @property
    def place(self) -> tuple[str, str]:
        return self.last_at, self.thread


def page_of_threads(
    rows: Sequence[FollowedRow],
    find: Callable[[Sequence[FollowedRow]], Mapping[str, FoundThread]],
    *,
    unread: bool,
    limit: int,
    at_once: int,
) -> ThreadPage:
    """Return the first threads of these rows that the person may read; `find` is asked for so many at once."""
    waiting = [row for row in rows if not unread or row.last_n > row.read_n]
    items: list[FoundThread] = []
    while waiting:
        some, waiting = waiting[:at_once], waiting[at_once:]
        found = find(some)
        for row in some:
            one = found.get(row.thread)
            if one is not None and (one.unread or not unread):
                items.append(one)
            if len(items) == limit:
                is_last = row is rows[-1] and len(rows) < THREADS_LOOKED_AT
                return ThreadPage(items, None if is_last else row.place)
    return ThreadPage(items, rows[-1].place if len(rows) == THREADS_LOOKED_AT else None)
