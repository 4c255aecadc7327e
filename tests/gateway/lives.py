"""Judges each packet that a client is sent: only from its CONNECT to its end, and of a room only from its head on."""

from typing import Any

from gateway.engine.packets import decode_json

ENDS = {"member.left", "member.kicked", "member.banned"}


class Life:
    """One connection of a person. `take` objects to what must not come; `rooms` is how far each room is."""

    def __init__(self, user_id: str) -> None:
        self.user_id = user_id
        self.is_ready = False
        self.is_over = False
        self.rooms: dict[str, int] = {}
        self.asked: dict[int, str] = {}
        self.answers: dict[int, Any] = {}
        self.told: list[tuple[str, Any]] = []
        self.ending: str | None = None

    def take(self, name: str, payload: Any) -> None:
        assert self.ending is None, f"{name} after the last word"
        assert self.is_ready or name in ("ready", "session:ending"), f"{name} before ready"
        self.told.append((name, payload))
        match name:
            case "ready":
                assert not self.is_ready, "ready twice"
                assert payload["user"]["id"] == self.user_id, "another's"
                self.is_ready = True
                self.rooms = {room["id"]: room["head"] for room in payload["rooms"]}
            case "event":
                self._take_event(payload)
            case "room:added":
                assert payload["room"]["id"] not in self.rooms, "added twice"
                self.rooms[payload["room"]["id"]] = payload["seq"]
            case "room:removed":
                del self.rooms[payload["room_id"]]
            case "typing":
                assert payload["room_id"] in self.rooms
            case "session:ending":
                self.ending = payload["reason"]

    def take_answer(self, ack_id: int, answer: dict[str, Any]) -> None:
        name = self.asked.pop(ack_id)
        self.answers[ack_id] = answer
        if name == "room:join" and answer["ok"]:
            known = self.rooms.get(answer["room"]["id"], answer["seq"])
            assert known == answer["seq"] == answer["room"]["head"]
            self.rooms[answer["room"]["id"]] = answer["seq"]

    def seqs(self, room_id: str) -> list[int]:
        return [event["seq"] for name, event in self.told if name == "event" and event["room_id"] == room_id]

    def _take_event(self, event: dict[str, Any]) -> None:
        room_id, seq = event["room_id"], event["seq"]
        assert room_id in self.rooms, "of a room that is not theirs"
        assert seq == self.rooms[room_id] + 1, f"{seq} after {self.rooms[room_id]}"
        self.rooms[room_id] = seq
        if event["type"] in ENDS and event["user_id"] == self.user_id:
            # The last of the room: no number follows on it.
            self.rooms[room_id] = -1


class Client:
    """One session as its client sees it: a row of lives, the next one begun by the answer to its CONNECT."""

    def __init__(self) -> None:
        self.coming: list[Life] = []
        self.life: Life | None = None

    def connect(self, user_id: str) -> None:
        self.coming.append(Life(user_id))

    def disconnect(self) -> None:
        self.life = None

    def read(self, packets: list[str]) -> None:
        for packet in packets:
            kind, text = packet[:2], packet[2:]
            if kind == "40":
                assert self.life is None or self.life.is_over
                self.life = self.coming.pop(0)
            elif kind == "44":
                self.coming.pop(0)
            elif kind in ("41", "42", "43"):
                assert self.life is not None, f"{packet} after the end"
                self._take(self.life, kind, text)

    def _take(self, life: Life, kind: str, text: str) -> None:
        assert not life.is_over
        if kind == "41":
            life.is_over = True
        elif kind == "42":
            life.take(*decode_json(text))
        else:
            ack_id, _, answer = text.partition("[")
            life.take_answer(int(ack_id), decode_json("[" + answer)[0])
