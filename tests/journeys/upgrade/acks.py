"""Finds the acks that came too late, in the history that the clients wrote."""

from collections.abc import Iterator
from pathlib import Path

from tests.checker.history import read_room, room_ids
from tests.checker.room import load_room

# A client shows a message as not sent when it has waited so long.
ACKED_WITHIN_SECONDS = 8.0


def late_acks(history: Path) -> list[str]:
    """Return what was not acked in time; from the first attempt on, however often it was sent again."""
    return list(waits_longer(history, than=ACKED_WITHIN_SECONDS))


def waits_longer(history: Path, *, than: float) -> Iterator[str]:
    for room_id in room_ids(history):
        for (user, cid), send in load_room(room_id, read_room(history, room_id)).sends.items():
            if send.acked_at is None:
                yield f"{cid} of {user} in room {room_id} was never acked"
            elif (seconds := send.acked_at - send.attempts[0].sent_at) > than:
                yield f"{cid} of {user} in room {room_id} was acked after {seconds:.1f} s"
