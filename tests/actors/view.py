"""What a correct client knows of a room: its position, early events, and the events that it has applied."""

from enum import Enum, auto

from tests.actors.answers import Json
from tests.actors.fold import RoomState

# Who has been in a busy room for long remembers no more of what was said; nobody waits for what is older.
EVENTS_REMEMBERED = 4_000


class Step(Enum):
    """What became of an event that arrived."""

    APPLIED = auto()
    DROPPED = auto()
    EARLY = auto()


class RoomView:
    """One device's view of a room: it applies the event at position + 1, drops older ones, and for later ones asks."""

    def __init__(self, room_id: str, *, user_id: str) -> None:
        self.room_id = room_id
        self._user_id = user_id
        # None until the server has said where this device stands.
        self.position: int | None = None
        self.state = RoomState({}, user_id=user_id)
        self.events: list[Json] = []
        self.removed = False
        # Whether the connection of now has been told where this room's live events start.
        self.admitted = False
        self._early: dict[int, Json] = {}

    def start(self, room: Json, *, seq: int) -> None:
        """Begin, or begin anew, at this seq with this state."""
        self.state = RoomState(room, user_id=self._user_id)
        self.position = seq
        self.removed = False
        self._early = {at: event for at, event in self._early.items() if at > seq}

    def take(self, event: Json) -> Step:
        """Take an event in whatever order it comes."""
        if self.position is None or event["seq"] > self.position + 1:
            self._early[event["seq"]] = event
            return Step.EARLY
        if event["seq"] <= self.position:
            return Step.DROPPED
        self._apply(event)
        return Step.APPLIED

    def apply_early(self) -> list[int]:
        """Apply what came early and now follows; return the seqs."""
        taken = []
        while self.position is not None and self.position + 1 in self._early:
            taken.append(self.position + 1)
            self._apply(self._early.pop(self.position + 1))
        self._early = {at: event for at, event in self._early.items() if at > (self.position or 0)}
        return taken

    @property
    def is_waiting(self) -> bool:
        """Whether something came early, so that a sync is needed."""
        return bool(self._early)

    @property
    def messages(self) -> list[Json]:
        return [event["message"] for event in self.events if event["type"] == "message.created"]

    @property
    def texts(self) -> list[str]:
        return [message["text"] for message in self.messages]

    def _apply(self, event: Json) -> None:
        self.position = event["seq"]
        self.events.append(event)
        if len(self.events) > EVENTS_REMEMBERED:
            del self.events[: EVENTS_REMEMBERED // 2]
        self.state.apply(event)
