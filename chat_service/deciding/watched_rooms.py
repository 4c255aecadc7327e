"""In which rooms somebody watches for words, so that each message there is looked at, though it addresses nobody."""

from collections.abc import Callable

from chat_service.deciding.state import RoomState


class WatchedRooms:
    """Answers by the people who have keywords, as `user_ids` returns them now."""

    def __init__(self, user_ids: Callable[[], frozenset[str]]) -> None:
        self._user_ids = user_ids

    def has(self, state: RoomState) -> bool:
        """Tell whether a member of the room has keywords."""
        return state.members.has_any_of(self._user_ids())


NOBODY_WATCHES = WatchedRooms(frozenset)
