"""Socket.IO packets as text: the few that the gateway writes by itself, and the quick reading of events."""

from typing import Any

import msgspec
from socketio.packet import Packet

from chatflow.errors import ErrorBody

decode_json = msgspec.json.Decoder().decode
encode_json = msgspec.json.Encoder().encode

DISCONNECT = "41"

# Engine.IO packets without content.
CLOSE = "1"
PING = "2"
NOOP = "6"


class MalformedPacket(Exception):
    """Not a Socket.IO packet: no stock client sends this, so the session ends."""


def connect_packet(sid: str) -> str:
    return f'40{{"sid":"{sid}"}}'


def connect_error_packet(error: ErrorBody) -> str:
    """The client's `connect_error`: its message is the code, its data the whole error object."""
    return "44" + encode_json({"message": error.code, "data": error}).decode()


def unknown_namespace_packet(namespace: str) -> str:
    return f'44{namespace},{{"message":"Invalid namespace"}}'


def event_packet(name: str, payload: Any) -> str:
    return f'42["{name}",{encode_json(payload).decode()}]'


def ack_packet(ack_id: int, ok: str) -> str:
    """`ok` is the JSON object of the answer without its `ok`, as text."""
    body = '{"ok":true}' if ok == "{}" else '{"ok":true,' + ok[1:]
    return f"43{ack_id}[{body}]"


def refusal_packet(ack_id: int, error: ErrorBody) -> str:
    return f"43{ack_id}" + encode_json([{"ok": False, "error": error}]).decode()


def read_event(message: str) -> tuple[int | None, list[Any]]:
    """Read `2<ack id><json array>` of the main namespace: the ack id, and the event's name with its arguments."""
    at = 1
    end = len(message)
    while at < end and message[at] in "0123456789":
        at += 1
    if at > 16:
        raise MalformedPacket("the ack id is too long")
    ack_id = int(message[1:at]) if at > 1 else None
    data = read_json(message[at:])
    if not isinstance(data, list) or not data:
        raise MalformedPacket("an event is an array")
    return ack_id, data


def read_json(text: str) -> Any:
    try:
        return decode_json(text)
    except RecursionError:
        return [None]  # nested absurdly deep: an event without a name, which is answered `invalid`
    except msgspec.DecodeError:
        pass
    try:
        # What only the lenient reader takes (half a surrogate pair, NaN) a stock client can send; it is never valid.
        Packet.json.loads(text)
    except (ValueError, RecursionError):
        raise MalformedPacket("not JSON") from None
    return [None]
