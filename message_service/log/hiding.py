"""Up to which message a direct room stays hidden from somebody: the last one there is, or whatever will come."""

from collections.abc import Callable

from chatflow.wire.personal import HIDDEN_FOR_GOOD, HideWrite


def hidden_through(write: HideWrite, *, before: int | None, n_at: Callable[[int], int]) -> int | None:
    """Return the number of that message, None where the room is to be shown; hiding again takes nothing back."""
    if write.seq is None:
        return None
    return HIDDEN_FOR_GOOD if write.for_good else max(before or 0, n_at(write.seq))


def is_declined(hidden_n: int | None) -> bool:
    """Tell whether nothing that is said in the room is to reach the person."""
    return hidden_n == HIDDEN_FOR_GOOD
