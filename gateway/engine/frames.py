"""WebSocket frames as a server sends them: unmasked, uncompressed, whole; so one frame serves every reader."""

import base64
import struct

TEXT = 0x81
BINARY = 0x82
CLOSE = 0x88
PONG = 0x8A

short_header = struct.Struct("!BB").pack
medium_header = struct.Struct("!BBH").pack
long_header = struct.Struct("!BBQ").pack


def text_frame(packet: str) -> bytes:
    return frame(TEXT, packet.encode())


def binary_frame(payload: bytes) -> bytes:
    return frame(BINARY, payload)


def any_frame(packet: str) -> bytes:
    """Frame a packet that is kept as polling carries it, where binary is base64."""
    return binary_frame(base64.b64decode(packet[1:])) if packet[:1] == "b" else text_frame(packet)


def close_frame(code: int) -> bytes:
    return frame(CLOSE, struct.pack("!H", code))


def pong_frame(payload: bytes) -> bytes:
    return frame(PONG, payload)


def frame(first_byte: int, payload: bytes) -> bytes:
    length = len(payload)
    if length < 126:
        return short_header(first_byte, length) + payload
    if length < 65536:
        return medium_header(first_byte, 126, length) + payload
    return long_header(first_byte, 127, length) + payload
