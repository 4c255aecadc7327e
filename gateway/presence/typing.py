"""Tells the people in a room who is typing there, and takes it back when the client stops repeating it.

In large rooms nobody is told: it would be most of the traffic there, and say little.
"""

import asyncio
from collections.abc import Callable, Iterator

from chatflow.protocol.told import Typing
from chatflow.wire.bus import TypingChanged
from gateway.delivery.delivery import Delivery
from gateway.delivery.room_stream import RoomStream
from gateway.engine.outbound import Outbound
from gateway.engine.packets import event_packet
from gateway.engine.session import EngineSession
from gateway.sessions.connection import Connection

# Clients repeat every few seconds that somebody is still typing; one repetition may be lost.
TYPING_SECONDS = 7.0
# A repetition within this time is not sent to other gateways: their state stays true for at least as long again.
REPEAT_SECONDS = 3.0
# A room is told of changes at most this often.
MERGE_SECONDS = 1.0

# (room, person)
Key = tuple[str, str]


class Others:
    """All of a room's sockets but those of one person."""

    def __init__(self, stream: RoomStream, user_id: str) -> None:
        self._stream = stream
        self._user_id = user_id

    @property
    def sessions(self) -> Iterator[EngineSession]:
        listeners = self._stream.listeners
        return (session for connection, session in listeners.items() if connection.user_id != self._user_id)


class Typists:
    """Each gateway ends typing for its own sockets by a timer, so it also ends for people whose gateway has died."""

    def __init__(self, delivery: Delivery, outbound: Outbound, *, send: Callable[[TypingChanged], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._delivery = delivery
        self._outbound = outbound
        self._send = send
        # When each person connected here last said that they are typing; the oldest first.
        self._said: dict[Key, float] = {}
        # The timers after which people who are typing count as having stopped.
        self._endings: dict[Key, asyncio.TimerHandle] = {}
        # The people whom their rooms see typing.
        self._shown: set[Key] = set()
        # Rooms that were told of a change less than a second ago, and the people with changes since.
        self._pausing: dict[str, dict[str, None]] = {}

    def say(self, connection: Connection, room_id: str, *, active: bool) -> None:
        """Tell all gateways that somebody here is typing, or has stopped."""
        if not self._delivery.streams[room_id].is_small:
            return
        now = self._loop.time()
        self._forget_until(now - TYPING_SECONDS)
        key = (room_id, connection.user_id)
        said_at = self._said.get(key)
        is_known = said_at is not None and now - said_at < REPEAT_SECONDS if active else said_at is None
        if is_known:
            return
        self._send(TypingChanged(room_id=room_id, user_id=connection.user_id, active=active))
        self._said.pop(key, None)
        if active:
            self._said[key] = now

    def on_changed(self, signal: TypingChanged) -> None:
        key = (signal.room_id, signal.user_id)
        if (ending := self._endings.pop(key, None)) is not None:
            ending.cancel()
        if signal.active and signal.room_id in self._delivery.streams:
            self._endings[key] = self._loop.call_later(TYPING_SECONDS, self._end, key)
        self._update(key)

    def _end(self, key: Key) -> None:
        del self._endings[key]
        self._update(key)

    def _forget_until(self, moment: float) -> None:
        """Forget people who last said it before this moment: by now they count as having stopped at every gateway."""
        while self._said and next(iter(self._said.values())) < moment:
            del self._said[next(iter(self._said))]

    def _update(self, key: Key) -> None:
        """Tell the room, at once or after its pause, if this differs from what it sees."""
        room_id, user_id = key
        if room_id in self._pausing:
            self._pausing[room_id][user_id] = None
        elif self._notify(key):
            self._pause(room_id)

    def _pause(self, room_id: str) -> None:
        self._pausing[room_id] = {}
        self._loop.call_later(MERGE_SECONDS, self._on_pause_over, room_id)

    def _on_pause_over(self, room_id: str) -> None:
        notified = [self._notify((room_id, user_id)) for user_id in self._pausing.pop(room_id)]
        if any(notified):
            self._pause(room_id)

    def _notify(self, key: Key) -> bool:
        """Tell the room of a change; return whether there was one."""
        active = key in self._endings
        if active == (key in self._shown):
            return False
        room_id, user_id = key
        stream = self._delivery.streams.get(room_id)
        if active and (stream is None or not stream.is_small):
            return False
        if active:
            self._shown.add(key)
        else:
            self._shown.discard(key)
        if stream is not None:
            packet = event_packet("typing", Typing(room_id, user_id, active))
            self._outbound.send(Others(stream, user_id), packet)
        return True
