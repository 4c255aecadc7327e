"""Up to which message a direct room stays hidden from somebody: its last one so far, or all that will ever come."""

from collections.abc import Callable

from chatflow.wire.personal import HIDDEN_FOR_GOOD, HideWrite


def hidden_through(write: HideWrite, *, before: int | None, n_at: Callable[[int], int]) -> int | None:
    """Return that message's number, None if the room is to be shown; hiding again never uncovers anything."""
    if write.seq is None:
        return None
    return HIDDEN_FOR_GOOD if write.for_good else max(before or 0, n_at(write.seq))


def is_declined(hidden_n: int | None) -> bool:
    """Tell whether the person is to be reached by nothing that is said in the room."""
    return hidden_n == HIDDEN_FOR_GOOD
