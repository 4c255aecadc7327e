"""Messages as each server's own publishers put them on Redis, with the places where the load client writes numbers."""

import json
import struct
from dataclasses import dataclass
from typing import Any

import msgspec

from chatflow.wire.bus import Publication, Published

# Values that stand for numbers until the load client knows them; as wide as any that come. See programs/publisher.h.
MESSAGE = "7777777777"
SEQ = 3333333333
COUNTER = 0x7EADBEE2
OF_ROOM, AS_U32 = 1, 2
# What stands in for the first of each kind: a room has its creation as its first event.
FIRST_SEQ, FIRST_COUNTER, FIRST_MESSAGE = 2, 1, 0
# A short message, in bytes of its packet.
SHORT_BYTES = 150

PLACES = (
    (MESSAGE.encode(), 0, FIRST_MESSAGE),
    (str(SEQ).encode(), OF_ROOM, FIRST_SEQ),
    (SEQ.to_bytes(4, "big"), OF_ROOM | AS_U32, FIRST_SEQ),
    (COUNTER.to_bytes(4, "big"), AS_U32, FIRST_COUNTER),
)


@dataclass(frozen=True)
class Template:
    """A PUBLISH command, and where in it which numbers belong."""

    channel: str
    payload: bytes

    def to_bytes(self) -> bytes:
        command = redis_command(b"PUBLISH", self.channel.encode(), self.payload)
        begin = len(command) - len(self.payload) - 2
        patches = [
            struct.pack("III", begin + at, kind, first)
            for mark, kind, first in PLACES
            for at in occurrences(self.payload, mark)
        ]
        return struct.pack("II", len(command), len(patches)) + b"".join(patches) + command


def redis_command(*words: bytes) -> bytes:
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)


def occurrences(text: bytes, mark: bytes) -> list[int]:
    found = []
    at = text.find(mark)
    while at >= 0:
        found.append(at)
        at = text.find(mark, at + len(mark))
    return found


def event_of(room_id: str, size: int) -> dict[str, Any]:
    """The event that everybody delivers: what a client needs to place a message, and text up to about that size."""
    event = {"type": "message.created", "room_id": room_id, "seq": SEQ, "text": f"@{MESSAGE} "}
    missing = max(0, size - len(packet_of(event)))
    return event | {"text": f"@{MESSAGE} {'x' * missing}"}


def packet_of(event: dict[str, Any]) -> str:
    return f'42["event",{json.dumps(event, separators=(",", ":"))}]'


def chatflow(room_id: str, *, size: int, worker_id: str, epoch: str) -> Template:
    """One publication per message, as of a worker whose flush brought one; `epoch` is a new one for each run."""
    published = Published(room_id, SEQ, 1, "message.created", packet_of(event_of(room_id, size)))
    publication = Publication(worker_id="bench", epoch=epoch, counter=COUNTER, heartbeat=False, events=[published])
    return Template(f"events.{worker_id}", msgspec.msgpack.encode(publication))


def node(room_id: str, *, size: int) -> Template:
    packet = {"type": 2, "data": ["event", event_of(room_id, size)], "nsp": "/"}
    options: dict[str, Any] = {"rooms": [room_id], "except": [], "flags": {}}
    return Template(f"socket.io#/#{room_id}#", msgspec.msgpack.encode(["bench", packet, options]))


def stock(room_id: str, *, size: int) -> Template:
    message = {
        "method": "emit", "event": "event", "data": [event_of(room_id, size)], "binary": False, "namespace": "/",
        "room": room_id, "skip_sid": None, "callback": None, "host_id": "bench",
    }  # fmt: skip
    return Template("socketio", json.dumps(message, separators=(",", ":")).encode())


def centrifugo(room_id: str, *, size: int) -> Template:
    """A publication as protobuf: field 4 is its data."""
    data = json.dumps(event_of(room_id, size), separators=(",", ":")).encode()
    return Template(f"centrifugo.client.{room_id}", b"\x22" + varint(len(data)) + data)


def varint(number: int) -> bytes:
    return bytes([number]) if number < 128 else bytes([number & 127 | 128]) + varint(number >> 7)


def floor(room_id: str, *, size: int) -> Template:
    return Template("floor", packet_of(event_of(room_id, size)).encode())
