"""Refresh tokens: each is exchanged once for the next; one that is used again later shows that it was stolen.

A token is `cfr_` and the session's id, a secret, and a tag that only we can make. The successor's secret derives from
the token's, so that a client that lost the answer gets the same successor by asking again, though we keep only hashes.
"""

import base64
import hashlib
import hmac
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from chatflow.errors import Unauthenticated

PREFIX = "cfr_"
SECRET_BYTES = 32
TAG_BYTES = 16
TOKEN_BYTES = 16 + SECRET_BYTES + TAG_BYTES
# How long after a lost answer a client may send the same token again.
REPEATABLE_FOR = timedelta(seconds=60)


@dataclass(frozen=True)
class RefreshToken:
    """A token that we made, though not necessarily one that still counts."""

    session_id: uuid.UUID
    secret: bytes

    @property
    def fingerprint(self) -> bytes:
        """What is stored of it."""
        return hashlib.sha256(self.session_id.bytes + self.secret).digest()


class RefreshTokens:
    """Makes and recognises the tokens of one installation by its key."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def write(self, token: RefreshToken) -> str:
        raw = token.session_id.bytes + token.secret
        return PREFIX + base64.urlsafe_b64encode(raw + self._tag(raw)).rstrip(b"=").decode()

    def read(self, text: str) -> RefreshToken:
        """Return the token, or raise Unauthenticated for anything that we never wrote."""
        raw = decode(text.removeprefix(PREFIX))
        content, tag = raw[:-TAG_BYTES], raw[-TAG_BYTES:]
        if len(raw) != TOKEN_BYTES or not hmac.compare_digest(tag, self._tag(content)):
            raise Unauthenticated
        return RefreshToken(session_id=uuid.UUID(bytes=content[:16]), secret=content[16:])

    def successor(self, token: RefreshToken) -> RefreshToken:
        content = b"successor" + token.session_id.bytes + token.secret
        return RefreshToken(session_id=token.session_id, secret=hmac.digest(self._key, content, hashlib.sha256))

    def _tag(self, content: bytes) -> bytes:
        return hmac.digest(self._key, b"tag" + content, hashlib.sha256)[:TAG_BYTES]


class Use(Enum):
    """What a genuine token means when it is presented."""

    FIRST = auto()  # rotate
    REPEATED = auto()  # the answer was lost, or the client asked twice at once: give the same successor
    STOLEN = auto()  # somebody else has used it: end the session


def judge_use(
    fingerprint: bytes, *, current: bytes, previous: bytes | None, rotated_at: datetime, now: datetime
) -> Use:
    """Decide by the hash of the token that counts now, and of the one that it followed at `rotated_at`."""
    if fingerprint == current:
        return Use.FIRST
    # It is the previous one only until its successor is used.
    if fingerprint == previous and now - rotated_at <= REPEATABLE_FOR:
        return Use.REPEATED
    return Use.STOLEN


def decode(text: str) -> bytes:
    try:
        return base64.b64decode(text.encode() + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raise Unauthenticated from None
