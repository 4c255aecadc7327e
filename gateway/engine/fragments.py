"""Counts WebSocket frames that do not end their message, because aiohttp's reader joins them without reporting any."""


class Fragments:
    """Parses the heads of frames in a stream of bytes, which may be cut anywhere."""

    __slots__ = ("_head", "_left")

    def __init__(self) -> None:
        # The incomplete head of a frame, and how many bytes of the current frame's content are still to come.
        self._head = b""
        self._left = 0

    def count(self, data: bytes) -> int:
        """Return how many frames begin in this data that do not end their message."""
        if self._head:
            data, self._head = self._head + data, b""
        found = 0
        at, end = self._left, len(data)
        while at < end:
            size = head_size(data, at)
            if at + size > end:
                self._head, self._left = data[at:], 0
                return found
            if data[at] < FINAL:
                found += 1
            at += size + content_size(data, at)
        self._left = at - end
        return found


# The first bit of a frame's first byte, and the first bit of its second byte.
FINAL = 0x80
MASKED = 0x80
MEDIUM, LONG = 126, 127


def head_size(data: bytes, at: int) -> int:
    """Return the length of the head of the frame at this place; 2 if the byte that tells it is not there yet."""
    if at + 1 >= len(data):
        return 2
    second = data[at + 1]
    length = second & 0x7F
    return (6 if second & MASKED else 2) + (0 if length < MEDIUM else 2 if length == MEDIUM else 8)


def content_size(data: bytes, at: int) -> int:
    length = data[at + 1] & 0x7F
    if length < MEDIUM:
        return length
    return int.from_bytes(data[at + 2 : at + (4 if length == MEDIUM else 10)], "big")
