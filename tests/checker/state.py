"""The invariants about what follows from the log: folds give what a fresh look gives, alerts arrive, time goes on."""

from tests.checker.examined import Examined
from tests.checker.room import RoomHistory


def state_is_fold(room: RoomHistory) -> Examined:
    """C12: a client's old state plus the events is the state that a fresh look at the same seq shows."""
    examined = Examined(len(room.folds))
    for fold in room.folds:
        for name in sorted(fold.folded.keys() | fold.fresh.keys()):
            if fold.folded.get(name) != fold.fresh.get(name):
                examined.wrong.append(
                    f"{fold.client} at seq {fold.seq}: {name} folds to {fold.folded.get(name)!r}, "
                    f"a fresh look says {fold.fresh.get(name)!r}"
                )
    return examined


def alerts_arrive(room: RoomHistory) -> Examined:
    """C13: whoever had to be alerted of a message was, or can read why not."""
    missing = sorted(room.owed - room.alerted)
    return Examined(len(room.owed), [f"{user} was never alerted of seq {seq}" for user, seq in missing])


def time_goes_on(room: RoomHistory) -> Examined:
    """C15: in a room stamps never fall and tell the true time, and retention takes no fresh message."""
    stamped = room.stamped
    if stamped is None:
        return Examined(0, [])
    return Examined(
        room.whole_head or 0,
        [
            *(f"seq {seq} is stamped earlier than the one before it" for seq in stamped.falls),
            *(f"seq {seq} is stamped by a clock that was wrong" for seq in stamped.wrong),
            *(f"seq {seq} trims messages that are fresh" for seq in stamped.trims),
        ],
    )
