"""Says who pushes: a token for each push service, signed by this installation's key (RFC 8292)."""

import time
from collections.abc import Callable

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from notification_service.channels.web_push.encryption import public_text

# Push services take at most a day.
TOKEN_SECONDS = 12 * 3600
# A token is used again for so long, as signing one costs as much as a push.
USED_SECONDS = 3600
TOKENS_AT_MOST = 1000


class Vapid:
    """`contact` is where a push service finds whoever runs this: a `https:` or `mailto:` URL."""

    def __init__(self, key: EllipticCurvePrivateKey, *, contact: str, clock: Callable[[], float] = time.time) -> None:
        self._key = key
        self._contact = contact
        self._clock = clock
        self.public_key = public_text(key)
        # By the origin of the push service: the header, and until when it is used.
        self._headers: dict[str, tuple[str, float]] = {}

    def header_for(self, origin: str) -> str:
        """Return the Authorization header for this push service."""
        now = self._clock()
        header, used_until = self._headers.get(origin, ("", 0.0))
        if not now < used_until <= now + USED_SECONDS:
            claims = {"aud": origin, "exp": int(now) + TOKEN_SECONDS, "sub": self._contact}
            header = f"vapid t={jwt.encode(claims, self._key, algorithm='ES256')}, k={self.public_key}"
            if len(self._headers) >= TOKENS_AT_MOST:
                self._headers.clear()
            self._headers[origin] = (header, now + USED_SECONDS)
        return header
