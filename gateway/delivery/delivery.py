"""The one place that hands room events to sockets: each socket in a room gets its events without a gap, in order."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Protocol

import structlog

from chatflow.protocol.told import Leaving, RoomRemoved
from chatflow.wire.bus import Published
from chatflow.wire.withheld import withhold
from gateway.delivery.event_fields import ENDS_MEMBERSHIP, is_readable, moved_member, new_history
from gateway.delivery.room_stream import RoomStream
from gateway.engine.outbound import Outbound
from gateway.metrics import DELIVERIES, EVENTS, EVENTS_UNREADABLE, GAPS, ROOMS
from gateway.sessions.connection import Connection, Connections

log = structlog.get_logger(__name__)

# When a room moves to another worker, publications of the two may cross. A gap that is open after this is fetched.
GAP_SECONDS = 0.03
QUIET_SECONDS = 60.0
SWEEP_SECONDS = 10.0

AUDIENCE_CHANGES = {*ENDS_MEMBERSHIP, "member.joined", "room.updated"}
TAKES_CONTENT = {"message.deleted", "room.trimmed"}


class HeadsSeen:
    """Notes what arrives while rows are asked for, so that streams that begin with the answer do not miss it."""

    def __init__(self) -> None:
        self.heads: dict[str, int] = {}
        # Something may have been lost meanwhile. Rooms without a stream yet cannot be named, so this concerns them all.
        self.must_recheck = False


class KeptStreams:
    """Streams of rooms, kept alive while somebody is being let in; released exactly once, also after a failure."""

    def __init__(self, delivery: "Delivery", streams: dict[str, RoomStream]) -> None:
        self._delivery = delivery
        self.streams = streams

    def release(self) -> None:
        for stream in self.streams.values():
            self._delivery.release(stream)

    def __enter__(self) -> dict[str, RoomStream]:
        return self.streams

    def __exit__(self, *_: object) -> None:
        self.release()


class Hidden(Protocol):
    """The people here who hide a room; told of each event of the room just before it is delivered."""

    def before(self, stream: RoomStream, event: Published) -> None: ...

    def begin_anew(self, stream: RoomStream) -> None:
        """Their rows of this room are not known any more."""


class Delivery:
    """All streams of this gateway. `on_behind` gets each stream that misses events, `on_recheck` those that may."""

    def __init__(
        self,
        outbound: Outbound,
        connections: Connections,
        *,
        on_behind: Callable[[RoomStream], None],
        on_recheck: Callable[[Iterable[RoomStream]], None],
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._outbound = outbound
        self._connections = connections
        self._on_behind = on_behind
        self._on_recheck = on_recheck
        self._seen: list[HeadsSeen] = []
        self.streams: dict[str, RoomStream] = {}
        self._hidden: Hidden | None = None

    def watch_hidden(self, hidden: Hidden) -> None:
        """Have `hidden` told of events in rooms that somebody here hides."""
        self._hidden = hidden

    def take(self, events: list[Published], *, from_log: bool = False) -> None:
        """Take events from the bus or from the log. An event that cannot be read does not stop those after it."""
        for event in events:
            stream = self.streams.get(event.room_id)
            if stream is not None:
                self._advance(stream, event, from_log=from_log)
            for seen in self._seen:
                seen.heads[event.room_id] = max(event.seq, seen.heads.get(event.room_id, 0))

    def note_head(self, room_id: str, head: int) -> None:
        """Note the head of a room as its worker says; events up to it that do not arrive soon count as lost."""
        stream = self.streams.get(room_id)
        if stream is not None and head > stream.head:
            self._wait_for(stream, head)
        for seen in self._seen:
            seen.heads[room_id] = max(head, seen.heads.get(room_id, 0))

    def recheck(self, may_concern: Callable[[str], bool] = lambda room_id: True) -> None:
        """Have these rooms compared with the log, because some of their events may have been lost."""
        self._on_recheck([stream for room_id, stream in self.streams.items() if may_concern(room_id)])
        for seen in self._seen:
            seen.must_recheck = True

    @contextmanager
    def noting_heads(self) -> Iterator[HeadsSeen]:
        """Note the heads of rooms while rows are asked for, so that no event published meanwhile is missed."""
        seen = HeadsSeen()
        self._seen.append(seen)
        try:
            yield seen
        finally:
            self._seen = [other for other in self._seen if other is not seen]

    def keep_streams(self, heads: dict[str, int], seen: HeadsSeen) -> "KeptStreams":
        """Keep the streams of these rooms alive until they are released; new streams begin at the head given."""
        kept: dict[str, RoomStream] = {}
        for room_id, head in heads.items():
            stream = self.streams.get(room_id)
            if stream is None:
                stream = self.streams[room_id] = RoomStream(room_id, head)
                ROOMS.set(len(self.streams))
            stream.keepers += 1
            kept[room_id] = stream
            known = max(head, seen.heads.get(room_id, 0))
            if known > stream.head:
                self._wait_for(stream, known)
        if seen.must_recheck:
            self._on_recheck(kept.values())
        return KeptStreams(self, kept)

    def release(self, stream: RoomStream) -> None:
        stream.keepers -= 1
        self.forget_unwanted(stream)

    def let_in(self, connection: Connection, stream: RoomStream) -> None:
        """Hand the connection all later events of the stream, and none that was due before."""
        if connection.is_over:
            return
        self._outbound.flush()
        stream.listeners[connection] = connection.session
        connection.rooms.add(stream.room_id)

    def let_out(self, connection: Connection, stream: RoomStream) -> None:
        self._outbound.flush()
        stream.listeners.pop(connection, None)
        connection.rooms.discard(stream.room_id)
        connection.joined_seqs.pop(stream.room_id, None)
        connection.stop_asking(stream.room_id)
        self.forget_unwanted(stream)

    def let_out_everywhere(self, connection: Connection) -> None:
        for room_id in list(connection.rooms):
            self.let_out(connection, self.streams[room_id])

    def stream_of(self, connection: Connection, room_id: str) -> RoomStream | None:
        """Return the stream of a room, or None if the connection is not let into it."""
        return self.streams[room_id] if room_id in connection.rooms else None

    def drop_quiet_tails(self) -> None:
        """Free the tails of rooms in which nothing has happened for a while."""
        quiet_since = self._loop.time() - QUIET_SECONDS
        for stream in self.streams.values():
            if stream.last_event_at < quiet_since:
                stream.drop_tail()

    def _advance(self, stream: RoomStream, event: Published, *, from_log: bool) -> None:
        due: list[Published] = []
        if is_readable(event):
            due = stream.accept(event)
        else:
            EVENTS_UNREADABLE.inc()
            log.warning("an event cannot be read", room_id=event.room_id, seq=event.seq, type=event.type)
            if from_log and event.seq == stream.head + 1:
                # The log has no better copy of it.
                _, *due = stream.accept(event)
                self._begin_anew(stream)
            else:
                # It counts as lost, so it is fetched from the log.
                stream.note_head(event.seq)
        for each in due:
            try:
                self._deliver(stream, each)
            except Exception:
                EVENTS_UNREADABLE.inc()
                log.exception("an event cannot be handed on", room_id=each.room_id, seq=each.seq, type=each.type)
                self._begin_anew(stream)
        if due:
            stream.last_event_at = self._loop.time()
        stream.wake()
        if stream.is_behind:
            self._wait_for(stream, stream.known_head)

    def _begin_anew(self, stream: RoomStream) -> None:
        """Let everybody out of a room after an event that cannot be read: it may have changed who may see what follows.

        Those who are still members are shown the room again by a row that is true after the event.
        """
        stream.drop_tail()
        stream.forget_room()
        for connection in list(stream.listeners):
            self._take_away(connection, stream, reason="reset")
            self._connections.recheck(connection.user_id)
        if self._hidden is not None:
            self._hidden.begin_anew(stream)

    def _deliver(self, stream: RoomStream, event: Published) -> None:
        if stream.hidden_from and self._hidden is not None:
            self._hidden.before(stream, event)
        if stream.listeners:
            EVENTS.count += 1
            DELIVERIES.count += len(stream.listeners)
            self._send(stream, event)
        if event.type in AUDIENCE_CHANGES:
            self._update_audience(stream, event)
        elif event.type in TAKES_CONTENT:
            # The tail still has the text. This event goes too, or an older answer of the log could join what follows.
            stream.drop_tail()

    def _send(self, stream: RoomStream, event: Published) -> None:
        """Send an event to all listeners; what it says of an older message only to those who were members by then."""
        withheld = None if stream.history == "all" else withhold(event)
        if withheld is None:
            self._outbound.send(stream, event.packet)
            return
        witnesses, newcomers = stream.split(at=withheld.target_seq)
        self._outbound.send(witnesses, event.packet)
        self._outbound.send(newcomers, withheld.event.packet)

    def _update_audience(self, stream: RoomStream, event: Published) -> None:
        """Update what decides who gets the next event."""
        if event.type == "room.updated":
            stream.history = new_history(event) or stream.history
        elif event.type == "member.joined":
            stream.member_count += 1
        else:
            stream.member_count -= 1
            self.remove(stream, moved_member(event), reason=ENDS_MEMBERSHIP[event.type])

    def remove(self, stream: RoomStream, user_id: str, *, reason: Leaving) -> None:
        """Take this person's sockets out of the room: they get no event after those delivered until now."""
        for connection in self._connections.of(user_id):
            if connection in stream.listeners:
                self._take_away(connection, stream, reason=reason)

    def _take_away(self, connection: Connection, stream: RoomStream, *, reason: Leaving) -> None:
        self.let_out(connection, stream)
        connection.emit("room:removed", RoomRemoved(stream.room_id, reason))

    def _wait_for(self, stream: RoomStream, head: int) -> None:
        stream.note_head(head)
        if not stream.is_waiting:
            stream.is_waiting = True
            GAPS.inc()
            self._loop.call_later(GAP_SECONDS, self._ask_if_behind, stream)

    def _ask_if_behind(self, stream: RoomStream) -> None:
        stream.is_waiting = False
        if stream.is_behind and stream.is_wanted:
            self._on_behind(stream)

    def forget_unwanted(self, stream: RoomStream) -> None:
        if not stream.is_wanted:
            self.streams.pop(stream.room_id, None)
            ROOMS.set(len(self.streams))
