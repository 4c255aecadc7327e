"""The rooms of one device, kept by the rules that the protocol gives a client, and written down for the checker."""

from typing import Any

from tests.actors.answers import Json
from tests.actors.recording import Recorder
from tests.actors.view import RoomView, Step


class Rooms:
    """Takes what the server says and keeps a view of each room; `behind` names those that need a `room:sync`."""

    def __init__(self, recorder: Recorder) -> None:
        self.views: dict[str, RoomView] = {}
        self.behind: set[str] = set()
        # What a correct server never does; a test asserts that it stays empty.
        self.complaints: list[str] = []
        self._recorder = recorder

    def view(self, room_id: str) -> RoomView:
        return self.views.setdefault(room_id, RoomView(room_id, user_id=self._recorder.user))

    def position(self, room_id: str) -> int:
        return self.view(room_id).position or 0

    def on_open(self) -> None:
        """Begin a new connection: what the last one was told about live events is not valid any more."""
        for view in self.views.values():
            view.admitted = False

    def on_packet(self, name: str, data: Any) -> None:
        match name:
            case "event":
                self.on_event(data)
            case "ready":
                self.on_ready(data)
            case "room:added":
                self.enter(data)
            case "room:removed":
                self.leave(data["room_id"])
            case "read" if self._recorder.user in data["positions"]:
                self.view(data["room_id"]).state.read_up_to(data["positions"][self._recorder.user])

    def on_ready(self, ready: Json) -> None:
        for room in ready["rooms"]:
            self._admit(room, seq=room["head"])
        if not ready["more"]:
            # What is not among all rooms was left, or taken, while away.
            for room_id in self.views.keys() - {room["id"] for room in ready["rooms"]}:
                self.leave(room_id)

    def enter(self, answer: Json) -> None:
        """Take a room that appeared: by an ack of this device, or because of another device or person."""
        if not self.view(answer["room"]["id"]).admitted:
            self._admit(answer["room"], seq=answer["seq"])

    def leave(self, room_id: str) -> None:
        view = self.view(room_id)
        view.removed, view.admitted = True, False
        self.behind.discard(room_id)

    def _admit(self, room: Json, *, seq: int) -> None:
        view = self.view(room["id"])
        view.admitted = True
        self._recorder.admitted(view.room_id, seq)
        if view.position is None or view.removed:
            self._begin(view, room, seq=seq)
        elif view.position < seq:
            self.behind.add(view.room_id)
        elif view.position > seq:
            self.complaints.append(f"{view.room_id} starts at seq {seq} after seq {view.position} was shown")

    def on_event(self, event: Json) -> None:
        view = self.view(event["room_id"])
        step = view.take(event)
        self._recorder.saw(event, source="live", applied=step is Step.APPLIED)
        if step is Step.APPLIED:
            self._apply_early(view)
        elif step is Step.EARLY and view.admitted:
            self.behind.add(view.room_id)

    def on_sync(self, answer: Json, *, asked_at: float) -> None:
        """Take the answer of a `room:sync`; rooms that it did not bring up to their head stay behind."""
        for room_id, part in answer["rooms"].items():
            if "error" in part:
                self.complaints.append(f"room:sync of {room_id} answered {part['error']}")
                self.behind.discard(room_id)
            else:
                self._on_synced_room(self.view(room_id), part, asked_at=asked_at)

    def _on_synced_room(self, view: RoomView, part: Json, *, asked_at: float) -> None:
        self._recorder.read(view.room_id, asked_at=asked_at, head=part["head"])
        if part["reset"]:
            for event in part["events"]:
                self._recorder.saw(event, source="sync", applied=False)
            self._recorder.reset(view.room_id, part["head"])
            view.start(part["room"], seq=part["head"])
        else:
            for event in part["events"]:
                self._recorder.saw(event, source="sync", applied=view.take(event) is Step.APPLIED)
        self._apply_early(view)
        if (view.position or 0) >= part["head"]:
            self.behind.discard(view.room_id)

    def _begin(self, view: RoomView, room: Json, *, seq: int) -> None:
        view.start(room, seq=seq)
        self._recorder.started(view.room_id, seq)
        self._apply_early(view)

    def _apply_early(self, view: RoomView) -> None:
        for seq in view.apply_early():
            self._recorder.applied(view.room_id, seq)
