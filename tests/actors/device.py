"""One device of a person: what it can do, in the words of the protocol, and how to wait for what others do."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any
from uuid import uuid4

from tests.actors.answers import ConnectionLost, Json, Refused, outcome_of
from tests.actors.connection import RECONNECT_DELAY_SECONDS, Connection
from tests.actors.link import Link
from tests.actors.recording import Recorder
from tests.actors.rooms import Rooms
from tests.actors.view import RoomView
from tests.actors.waiting import TIMEOUT_SECONDS, Changes

# Nobody waits for what was said so long ago.
PACKETS_REMEMBERED = 4_000


class Device:
    """Connected by `connect`; comes back by itself, and catches up, until `disconnect`."""

    def __init__(
        self,
        *,
        recorder: Recorder,
        make_link: Callable[[], Link],
        access_token: Callable[[], Awaitable[str]],
        next_attempt: Callable[[str], int],
    ) -> None:
        self.recorder = recorder
        self.rooms = Rooms(recorder)
        self.ready: Json = {}
        self.packets: list[tuple[str, Any]] = []
        self._next_attempt = next_attempt
        self._changes = Changes()
        self._is_syncing = False
        self.connection = Connection(
            make_link=make_link,
            access_token=access_token,
            on_open=self._on_open,
            on_packet=self._on_packet,
            on_change=self._changes.tell,
        )

    async def connect(self) -> Json:
        """Connect and return what `ready` said; after `disconnect` it comes back to the positions it had."""
        await self.connection.open()
        ready: Json = await self.until(lambda: self.ready or None, what="ready")
        return ready

    async def disconnect(self) -> None:
        await self.connection.close()

    async def request(self, event: str, payload: Any, *, on_ok: Callable[[Json], None] | None = None) -> Json:
        """Send an event and return its ok answer, or raise Refused or ConnectionLost."""
        return await (await self.connection.begin(event, payload, on_ok=on_ok))

    async def create_room(self, name: str, *, kind: str = "channel", exactly: bool = False, **fields: Any) -> str:
        """Found a room and return its id; without `exactly`, something behind its name makes it unique."""
        cid = str(uuid4())
        payload = {"cid": cid, "kind": kind, "name": name if exactly else f"{name} {cid[:8]}", **fields}
        answer = await self.request("room:create", payload, on_ok=self.rooms.enter)
        return str(answer["room"]["id"])

    async def open_direct(self, *user_ids: str) -> str:
        answer = await self.request("room:direct", {"user_ids": list(user_ids)}, on_ok=self.rooms.enter)
        return str(answer["room"]["id"])

    async def join(self, room_id: str) -> Json:
        return await self.request("room:join", {"room_id": room_id}, on_ok=self.rooms.enter)

    async def leave(self, room_id: str) -> int:
        return int((await self.request("room:leave", {"room_id": room_id}))["seq"])

    async def mark_read(self, room_id: str, seq: int) -> int:
        marked = int((await self.request("read:mark", {"room_id": room_id, "seq": seq}))["seq"])
        self.view(room_id).state.read_up_to(marked)
        return marked

    async def mark_unread(self, room_id: str, seq: int) -> int:
        return int((await self.request("read:unread", {"room_id": room_id, "seq": seq}))["seq"])

    async def send(self, room_id: str, text: str, *, cid: str | None = None, **fields: Any) -> Json:
        """Send a message once and return its ack."""
        return await (await self.begin_send(room_id, text, cid=cid, **fields))

    async def send_all(self, room_id: str, texts: Iterable[str]) -> list[Json]:
        """Send messages one behind the other, without waiting for the acks between them."""
        answers = [await self.begin_send(room_id, text) for text in texts]
        return list(await asyncio.gather(*answers))

    async def begin_send(
        self, room_id: str, text: str, *, cid: str | None = None, **fields: Any
    ) -> asyncio.Future[Json]:
        """Send a message and return its coming ack."""
        cid = cid or str(uuid4())
        attempt = self._next_attempt(cid)
        self.recorder.sent(room_id, cid=cid, attempt=attempt, text=text)
        try:
            answer = await self.connection.begin(
                "message:send", {"room_id": room_id, "cid": cid, "text": text, **fields}
            )
        except ConnectionLost:
            # It never left this machine.
            self.recorder.answered(room_id, cid=cid, attempt=attempt, outcome="not_tried")
            raise
        answer.add_done_callback(lambda done: self._note_answer(done, room_id=room_id, cid=cid, attempt=attempt))
        return answer

    async def send_until_acked(self, room_id: str, text: str, *, within_seconds: float) -> Json:
        """Send as an app with an outbox does: repeat the same cid until the room has decided."""
        cid = str(uuid4())
        deadline = time.monotonic() + within_seconds
        while True:
            try:
                return await self.send(room_id, text, cid=cid)
            except (ConnectionLost, Refused) as error:
                if outcome_of(error) == "fail" or time.monotonic() > deadline:
                    raise
                await asyncio.sleep(RECONNECT_DELAY_SECONDS)

    async def sync(self, *room_ids: str) -> None:
        """Catch up these rooms from the device's positions, and ask again as long as there is more."""
        self.rooms.behind.update(room_ids)
        while self.rooms.behind:
            asked_at = time.monotonic()
            cursors = {room_id: self.rooms.position(room_id) for room_id in sorted(self.rooms.behind)}
            self.rooms.on_sync(await self.request("room:sync", {"rooms": cursors}), asked_at=asked_at)
            self._changes.tell()
            if all(
                room_id in self.rooms.behind and self.rooms.position(room_id) == at for room_id, at in cursors.items()
            ):
                self.complaints.append(f"room:sync brought nothing although behind: {cursors}")
                self.rooms.behind.difference_update(cursors)

    async def sees(self, room_id: str, text: str, *, within_seconds: float = TIMEOUT_SECONDS) -> Json:
        """Wait for a message with this text and return it."""
        message: Json = await self.until(
            lambda: next((m for m in self.view(room_id).messages if m["text"] == text), None),
            what=f"{text!r} in room {room_id}",
            within_seconds=within_seconds,
        )
        return message

    async def reaches(self, room_id: str, seq: int, *, within_seconds: float = TIMEOUT_SECONDS) -> None:
        """Wait until everything up to this seq has been applied."""
        await self.until(
            lambda: self.rooms.position(room_id) >= seq,
            what=f"position {seq} of room {room_id}",
            within_seconds=within_seconds,
        )

    async def is_told(self, event: str, *, within_seconds: float = TIMEOUT_SECONDS, **fields: Any) -> Json:
        """Wait for a packet of this name whose payload has these fields."""
        found: Json = await self.until(
            lambda: next((d for name, d in self.packets if name == event and fields.items() <= d.items()), None),
            what=f"{event} with {fields}",
            within_seconds=within_seconds,
        )
        return found

    async def until(self, found: Callable[[], Any], *, what: str, within_seconds: float = TIMEOUT_SECONDS) -> Any:
        """Wait for a condition on this device, and say what it had instead if it never comes."""
        return await self._changes.until(found, what=lambda: f"{what}; {self}", within_seconds=within_seconds)

    def view(self, room_id: str) -> RoomView:
        return self.rooms.view(room_id)

    @property
    def complaints(self) -> list[str]:
        return self.rooms.complaints

    def settle(self, room_id: str) -> None:
        """Record the device's final position in each room."""
        self.recorder.settled(room_id, position=self.rooms.position(room_id))

    def __str__(self) -> str:
        positions = {room_id: (view.position, view.texts[-3:]) for room_id, view in self.rooms.views.items()}
        return (
            f"{self.recorder.client} {'connected' if self.connection.is_open else 'not connected'}, {positions}, "
            f"last packets {[name for name, _ in self.packets[-5:]]}, complaints {self.complaints}"
        )

    def _on_open(self) -> None:
        self.ready = {}
        self.rooms.on_open()
        self.recorder.connections += 1

    def _on_packet(self, name: str, data: Any) -> None:
        self.rooms.on_packet(name, data)
        if name == "ready":
            self.ready = data
        if name != "event":
            self.packets.append((name, data))
            if len(self.packets) > PACKETS_REMEMBERED:
                del self.packets[: PACKETS_REMEMBERED // 2]
        if self.rooms.behind and not self._is_syncing:
            self._is_syncing = True
            self.connection.start(self._catch_up())

    async def _catch_up(self) -> None:
        try:
            # A lost connection ends it: the next `ready` says again what is behind.
            with contextlib.suppress(ConnectionLost):
                await self.sync()
        except Refused as error:
            self.complaints.append(f"room:sync of {sorted(self.rooms.behind)} was refused: {error}")
            self.rooms.behind.clear()
        finally:
            self._is_syncing = False
            self._changes.tell()

    def _note_answer(self, answer: asyncio.Future[Json], *, room_id: str, cid: str, attempt: int) -> None:
        if answer.cancelled():
            # Nobody heard how it ended.
            return
        error = answer.exception()
        if error is None:
            ack = answer.result()
            self.recorder.answered(
                room_id, cid=cid, attempt=attempt, outcome="ok", seq=ack["seq"], duplicate=ack["duplicate"]
            )
        else:
            assert isinstance(error, Exception)
            code = error.code if isinstance(error, Refused) else None
            self.recorder.answered(room_id, cid=cid, attempt=attempt, outcome=outcome_of(error), code=code)
