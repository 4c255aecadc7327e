"""Builds WebSocket frames as a server sends them: unmasked, uncompressed and whole, so one frame serves all clients."""

import struct

TEXT = 0x81
CLOSE = 0x88
PONG = 0x8A

short_header = struct.Struct("!BB").pack
medium_header = struct.Struct("!BBH").pack
long_header = struct.Struct("!BBQ").pack


def text_frame(packet: str) -> bytes:
    return frame(TEXT, packet.encode())


def close_frame(code: int, *, reason: str = "") -> bytes:
    return frame(CLOSE, struct.pack("!H", code) + reason.encode())


def pong_frame(payload: bytes) -> bytes:
    return frame(PONG, payload)


def frame(first_byte: int, payload: bytes) -> bytes:
    length = len(payload)
    if length < 126:
        return short_header(first_byte, length) + payload
    if length < 65536:
        return medium_header(first_byte, 126, length) + payload
    return long_header(first_byte, 127, length) + payload
