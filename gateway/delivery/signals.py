"""Signals are messages without a seq, such as read positions, typing and notices: from any process to sockets."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, get_args

import msgspec
import structlog

from chatflow.bus.port import Bus
from chatflow.protocol.told import Read
from chatflow.wire.bus import (
    SIGNAL_BEATS_CHANNEL,
    SIGNALS_CHANNEL,
    Count,
    ReadMoved,
    RoomAppeared,
    RoomHidden,
    Signal,
    SignalCounter,
    ToPerson,
)
from chatflow.wire.lists import ListReader
from gateway.delivery.delivery import Delivery
from gateway.delivery.read_order import Position, ReadOrder
from gateway.delivery.signal_counts import SignalCounts
from gateway.engine.outbound import Outbound
from gateway.engine.packets import event_packet
from gateway.sessions.connection import Connections
from gateway.sessions.lifecycle import Lifecycle

log = structlog.get_logger(__name__)

READ_SECONDS = 1.0
# As often as workers send a beat: a loss is found within two seconds.
BEAT_SECONDS = 1.0

# For each kind of signal, the function that handles it.
Handlers = Mapping[type[Signal], Callable[[Any], None]]

encode = msgspec.msgpack.Encoder().encode
signals_in = ListReader[Signal](Signal)
decode_beat = msgspec.msgpack.Decoder(Count).decode


class SignalSender:
    """Puts signals on the bus for all gateways, this one too, and numbers its publications."""

    def __init__(self, bus: Bus, *, gateway_id: str) -> None:
        self._loop = asyncio.get_running_loop()
        self._bus = bus
        self._counter = SignalCounter(gateway_id)
        self._outgoing: list[Any] = []

    def send(self, signal: Any) -> None:
        """Send a signal; all signals of one tick of the loop leave together."""
        if not self._outgoing:
            self._loop.call_soon(self._flush)
        self._outgoing.append(signal)

    async def run(self) -> None:
        """Repeat the counter each second, so that the loss of the last publication is noticed; runs until cancelled."""
        while True:
            self._bus.publish(SIGNAL_BEATS_CHANNEL, encode(self._counter.now))
            await asyncio.sleep(BEAT_SECONDS)

    def _flush(self) -> None:
        signals, self._outgoing = self._outgoing, []
        self._bus.publish(SIGNALS_CHANNEL, self._counter.encode(signals))


class Signals:
    """Handles the signals that come from the bus.

    `counts` learns of every numbered publication, so that a lost one is noticed. `handlers` has the functions for kinds
    of signals that other parts handle.
    """

    def __init__(
        self,
        *,
        counts: SignalCounts,
        outbound: Outbound,
        connections: Connections,
        delivery: Delivery,
        lifecycle: Lifecycle,
        handlers: Handlers,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self.read_order = ReadOrder()
        self._counts = counts
        self._outbound = outbound
        self._connections = connections
        self._delivery = delivery
        self._lifecycle = lifecycle
        self._handlers: Handlers = {
            RoomAppeared: self._on_room_appeared,
            RoomHidden: self._on_room_hidden,
            ReadMoved: self._on_read_moved,
            ToPerson: self._on_to_person,
            **handlers,
        }
        assert self._handlers.keys() == set(get_args(Signal)), "a kind of signal that nothing handles"  # noqa: S101
        # room → person → seq: the read positions that the room is told of once a second
        self._positions: dict[str, dict[str, int]] = {}

    def on_beat(self, payload: bytes) -> None:
        self._counts.on_beat(decode_beat(payload))

    def on_signals(self, payload: bytes) -> None:
        signals = signals_in.read(payload, on_unreadable=lambda _: None)
        if signals and (count := signals[0].count) is not None:
            self._counts.on_publication(count)
        for signal in signals:
            try:
                self._handlers[type(signal)](signal)
            except Exception:
                # It counts as received, so nobody will notice a loss: check the rooms of everybody here instead.
                log.exception("a signal cannot be told", type=type(signal).__name__)
                self._connections.recheck_all()

    def _on_room_appeared(self, signal: RoomAppeared) -> None:
        for user_id in signal.user_ids:
            connections = self._connections.of(user_id)
            for connection in connections:
                if not connection.is_ready or signal.room_id in connection.joining:
                    connection.appeared.add(signal.room_id)
            if connections:
                self._lifecycle.show_room(user_id, signal.room_id)

    def _on_room_hidden(self, signal: RoomHidden) -> None:
        if self._connections.is_here(signal.user_id):
            self._lifecycle.hide_room(signal.user_id, signal.room_id)

    def _on_read_moved(self, signal: ReadMoved) -> None:
        stream = self._delivery.streams.get(signal.room_id)
        if stream is None and not self._connections.is_here(signal.user_id):
            return
        position = Position(signal.seq, signal.moves)
        if self.read_order.note(signal.user_id, signal.room_id, position) != position:
            return
        payload = Read(signal.room_id, {signal.user_id: signal.seq})
        for connection in self._connections.of(signal.user_id):
            if connection.id != signal.except_connection and signal.room_id in connection.rooms:
                connection.emit("read", payload)
        if stream is None or not stream.is_small:
            return
        if signal.room_id not in self._positions:
            self._positions[signal.room_id] = {}
            self._loop.call_later(READ_SECONDS, self._emit_positions, signal.room_id)
        self._positions[signal.room_id][signal.user_id] = signal.seq

    def _emit_positions(self, room_id: str) -> None:
        positions = self._positions.pop(room_id)
        stream = self._delivery.streams.get(room_id)
        if stream is not None and stream.is_small:
            self._outbound.send(stream, event_packet("read", Read(room_id, positions)))

    def _on_to_person(self, signal: ToPerson) -> None:
        for connection in self._connections.of(signal.user_id):
            if connection.id != signal.except_connection:
                connection.emit(signal.name, signal.payload)
