"""Ids: random ones, ones that follow from what they name, and the partition to which a room belongs."""

import binascii
import re
import uuid

import uuid_utils

PARTITIONS = 256
# The actor of what no person does: retention, previews. No person has such an id.
SYSTEM = "system"

SPELLING = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")

# Fixed namespaces: the same people, or the same creator and op, always meet in the same room id.
DIRECT_ROOMS = uuid.UUID("6f0f6a0e-8d0c-5a44-9a6e-2d6a5d8c5b01")
CREATED_ROOMS = uuid.UUID("6f0f6a0e-8d0c-5a44-9a6e-2d6a5d8c5b02")


def new_id(moment: float | None = None) -> str:
    """Return a fresh UUIDv7: unique, and ordered by time, now or the given moment (wall-clock seconds)."""
    return str(uuid_utils.uuid7() if moment is None else uuid_utils.uuid7(nanoseconds=max(0, int(moment * 1e9))))


def earliest_id_since(moment: float) -> str:
    """Return a text that sorts before every UUIDv7 made since this moment (wall-clock seconds): they begin with it."""
    milliseconds = max(0, int(moment * 1000))
    return f"{milliseconds >> 16:08x}-{milliseconds & 0xFFFF:04x}"


def direct_room_id(user_ids: list[str]) -> str:
    """Return the id of these people's direct room, which does not depend on their order."""
    return str(uuid.uuid5(DIRECT_ROOMS, ",".join(sorted(set(user_ids)))))


def created_room_id(creator_id: str, op: str) -> str:
    """Return the id of the room that this command makes, so that a repeated command finds the same room."""
    return str(uuid.uuid5(CREATED_ROOMS, f"{creator_id},{op}"))


def is_uuid(text: str) -> bool:
    """Tell whether a client's id is spelled as all ids are here (lower case, with dashes)."""
    return SPELLING.fullmatch(text) is not None


def partition_of(room_id: str) -> int:
    """Return the partition whose owner decides this room's commands."""
    return binascii.crc32(room_id.encode()) % PARTITIONS
