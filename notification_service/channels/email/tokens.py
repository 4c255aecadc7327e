"""Tokens by which a link in a mail ends such mails for its person, and does nothing else; they do not grow old.

Their key follows from the secret that all services share: with a new one, links of older mails do not work any more.
"""

import hashlib
import hmac

from chatflow.auth.keys import base64url
from chatflow.errors import Invalid

PURPOSE = b"chatflow: an end of mails about what is unread"


class UnsubscribeTokens:
    def __init__(self, secret: str) -> None:
        self._key = hmac.digest(secret.encode(), PURPOSE, hashlib.sha256)

    def write(self, user_id: str) -> str:
        return f"{user_id}.{self._tag(user_id)}"

    def read(self, token: str) -> str:
        """Return whose token it is; raises Invalid if it is nobody's."""
        user_id, _, tag = token.rpartition(".")
        if not hmac.compare_digest(tag.encode(), self._tag(user_id).encode()):
            raise Invalid("token: not one of ours.")
        return user_id

    def _tag(self, user_id: str) -> str:
        return base64url(hmac.digest(self._key, user_id.encode(), hashlib.sha256))
