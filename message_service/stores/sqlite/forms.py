"""The short forms of ids, times, ops and types in SQLite: bytes and numbers where a text says no more than they do.

A text that is not of the usual form is kept as it is; SQLite tells the two apart by their type. Bytes are given to
SQLite as a `bytearray`, because Python's module first looks for an adapter of `bytes`, which takes three times as long.
"""

import hashlib
import re
from datetime import datetime
from functools import lru_cache

from uuid_utils import UUID

from chatflow.ids import SPELLING
from chatflow.instants import write_instant

SECOND = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.")
MILLISECONDS = [f"{milliseconds:03}Z" for milliseconds in range(1000)]
TIME_LENGTH = len("2026-11-27T12:00:00.000Z")

# A number stays with its type for ever; a type that is missing here is written by its name.
TYPES = {
    1: "message.created",
    2: "message.edited",
    3: "message.deleted",
    4: "reaction.added",
    5: "reaction.removed",
    6: "message.pinned",
    7: "message.unpinned",
    8: "member.joined",
    9: "member.left",
    10: "member.kicked",
    11: "member.banned",
    12: "member.unbanned",
    13: "member.muted",
    14: "member.role",
    15: "room.created",
    16: "room.updated",
    17: "room.trimmed",
    18: "invite.created",
    19: "invite.revoked",
    20: "preview.added",
}
NUMBERS = {name: number for number, name in TYPES.items()}
CREATED = NUMBERS["message.created"]


def short_id(text: str | None) -> bytearray | str | None:
    """Return a UUID's 16 bytes, which sort as its text does."""
    return text if text is None or SPELLING.fullmatch(text) is None else bytearray.fromhex(text.replace("-", ""))


short_person = lru_cache(maxsize=4096)(short_id)


def full_id(short: bytes | str) -> str:
    return short if isinstance(short, str) else str(UUID(bytes=short))


# Of a page, most messages are from a few people.
full_person = lru_cache(maxsize=4096)(full_id)


def full_id_if(short: bytes | str | None) -> str | None:
    return None if short is None else full_id(short)


# Messages of a batch are often of the same millisecond, and nearly always of the same second.
@lru_cache(maxsize=64)
def short_time(text: str | None) -> int | str | None:
    """Return the milliseconds since 1970."""
    if text is None or len(text) != TIME_LENGTH or text[-1] != "Z":
        return text
    if not text.isascii() or not text[20:23].isdecimal():
        return text
    seconds = seconds_of(text[:20])
    return text if seconds is None else seconds * 1000 + int(text[20:23])


@lru_cache(maxsize=64)
def seconds_of(text: str) -> int | None:
    try:
        return int(datetime.fromisoformat(text[:19] + "+00:00").timestamp()) if SECOND.fullmatch(text) else None
    except ValueError:
        return None


def full_time(short: int | str) -> str:
    if isinstance(short, str):
        return short
    return written_second(short // 1000) + MILLISECONDS[short % 1000]


# A page is read by many, and writing a second takes as long as all else about its message.
@lru_cache(maxsize=4096)
def written_second(seconds: int) -> str:
    return write_instant(seconds).removesuffix("000Z")


def full_time_if(short: int | str | None) -> str | None:
    return None if short is None else full_time(short)


# Asked for when an op is looked up, and when it is written.
@lru_cache(maxsize=2048)
def short_op(actor: str, op: str) -> bytearray:
    """Return what stands for somebody's op in its room: nobody asks which op it was, only whether it is there."""
    return bytearray(hashlib.blake2b(f"{actor}\0{op}".encode(), digest_size=16).digest())


def short_type(name: str) -> int | str:
    return NUMBERS.get(name, name)


def full_type(short: int | str) -> str:
    return short if isinstance(short, str) else TYPES[short]
