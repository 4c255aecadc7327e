"""Tokens in links of mails: derived from an id by a key of ours, so that only the mail itself has them.

A mail that is tried again leads to the same link, though the database keeps neither the link nor the token.
"""

import base64
import hashlib
import hmac
import uuid
from functools import cache

from django.conf import settings


def write_token(confirmation_id: uuid.UUID) -> str:
    tag = hmac.digest(key(), confirmation_id.bytes, hashlib.sha256)
    return base64.urlsafe_b64encode(tag).rstrip(b"=").decode()


def fingerprint(token: str) -> bytes:
    """Return what is stored of a token; any text has one."""
    return hashlib.sha256(token.encode(errors="replace")).digest()


@cache
def key() -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), b"chatflow links in mails", hashlib.sha256)
