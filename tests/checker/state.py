"""The invariants about what follows from the log: folding gives what a fresh look gives, and alerts arrive."""

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
