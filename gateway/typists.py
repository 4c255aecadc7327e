"""Who is typing where: told to those in the room, and taken back when whoever types says no more."""

import asyncio

from chatflow.wire.bus import TypingChanged
from gateway.delivery import Delivery
from gateway.engine.packets import event_packet

# Clients say every few seconds that somebody still types; one such word may be lost.
TYPING_SECONDS = 7.0


class Typists:
    """Each gateway ends typing for its own sockets, so that it also ends for somebody whose gateway has died."""

    def __init__(self, delivery: Delivery) -> None:
        self._loop = asyncio.get_running_loop()
        self._delivery = delivery
        # (room, person) → when they count as having stopped
        self._endings: dict[tuple[str, str], asyncio.TimerHandle] = {}

    def on_changed(self, signal: TypingChanged) -> None:
        if signal.room_id not in self._delivery.streams:
            return
        key = (signal.room_id, signal.user_id)
        ending = self._endings.pop(key, None)
        if ending is not None:
            ending.cancel()
        if signal.active:
            self._endings[key] = self._loop.call_later(TYPING_SECONDS, self._end, signal.room_id, signal.user_id)
        if signal.active or ending is not None:
            self._tell(signal.room_id, signal.user_id, active=signal.active)

    def _end(self, room_id: str, user_id: str) -> None:
        del self._endings[(room_id, user_id)]
        self._tell(room_id, user_id, active=False)

    def _tell(self, room_id: str, user_id: str, *, active: bool) -> None:
        stream = self._delivery.streams.get(room_id)
        if stream is None:
            return
        packet = event_packet("typing", {"room_id": room_id, "user_id": user_id, "active": active})
        for connection in list(stream.listeners):
            if connection.user_id != user_id:
                connection.send(packet)
