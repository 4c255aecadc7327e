"""Writes the few Socket.IO packets that the gateway sends, and reads events quickly."""

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
    """The message is not a Socket.IO packet; no stock client sends such, so the session ends."""


def connect_packet(sid: str) -> str:
    return f'40{{"sid":"{sid}"}}'


def connect_error_packet(error: ErrorBody) -> str:
    """Return the packet that a client sees as `connect_error`: its message is the code, its data the whole error."""
    return "44" + encode_json({"message": error.code, "data": error}).decode()


def unknown_namespace_packet(namespace: str) -> str:
    return f'44{namespace},{{"message":"Invalid namespace"}}'


def event_packet(name: str, payload: Any) -> str:
    return f'42["{name}",{encode_json(payload).decode()}]'


def ack_packet(ack_id: int, ok: str) -> str:
    """Return the ack of an event; `ok` is the JSON text of the answer's object without its field `ok`."""
    body = '{"ok":true}' if ok == "{}" else '{"ok":true,' + ok[1:]
    return f"43{ack_id}[{body}]"


def refusal_packet(ack_id: int, error: ErrorBody) -> str:
    return f"43{ack_id}" + encode_json([{"ok": False, "error": error}]).decode()


def read_event(message: str) -> tuple[int | None, list[Any]]:
    """Read `2<ack id><json array>` of the main namespace; return the ack id, and the event's name and arguments."""
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
        return [None]  # nested too deep: read as an event without a name, which is answered `invalid`
    except msgspec.DecodeError:
        pass
    try:
        # Stock clients can send what only this lenient reader accepts (half a surrogate pair, NaN); it is never valid.
        Packet.json.loads(text)
    except (ValueError, RecursionError):
        raise MalformedPacket("not JSON") from None
    return [None]
