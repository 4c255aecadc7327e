"""What gateways show each other instead of their secret: passes for one request, and seals on their addresses.

Redis tells a gateway where another one answers. Whoever can write there must neither learn the secret, which opens
every service, nor get to see what clients send.
"""

import hashlib
import hmac
import json
import time
from collections.abc import Callable

from chatflow.errors import Forbidden

# A pass is made when the request is sent and checked when its head has arrived, so this is for clocks that disagree.
# Commands are given up after 8 s by the clock of whoever has them: past that nothing works here anyway.
PASS_SECONDS = 10


class Passes:
    """Made of the secret that all services share, by a key for this purpose alone.

    A pass is for one request to one gateway, for some seconds. Whoever catches one can ask the same again meanwhile,
    but that takes no more than the session's id, which is in it.
    """

    def __init__(self, secret: str, *, clock: Callable[[], float] = time.time) -> None:
        self._pass_key = derived_key(secret, purpose="chatflow: a request between gateways")
        self._seal_key = derived_key(secret, purpose="chatflow: the address of a gateway")
        self._clock = clock

    def write(self, *, method: str, target: str, gateway_id: str, client_address: str) -> str:
        """Return the pass for a request now; `target` is the path with its query, as it is sent."""
        return self._write(int(self._clock()), method, target, gateway_id, client_address)

    def check(self, shown: str, *, method: str, target: str, gateway_id: str, client_address: str) -> None:
        """Refuse what is not a pass for this very request, made lately by who has the secret."""
        written_at, _, _ = shown.partition("-")
        if not (written_at.isascii() and written_at.isdigit() and len(written_at) <= len("9999999999")):
            raise Forbidden
        expected = self._write(int(written_at), method, target, gateway_id, client_address)
        if not hmac.compare_digest(shown.encode(errors="surrogateescape"), expected.encode()):
            raise Forbidden
        if abs(self._clock() - int(written_at)) > PASS_SECONDS:
            raise Forbidden

    def seal(self, gateway_id: str, address: str) -> str:
        """Return the address with the proof that this gateway said so."""
        return f"{address}#{digest(self._seal_key, gateway_id, address)}"

    def is_sealed(self, gateway_id: str, sealed: str) -> bool:
        address, _, _ = sealed.rpartition("#")
        return hmac.compare_digest(sealed.encode(errors="surrogateescape"), self.seal(gateway_id, address).encode())

    def _write(self, at: int, method: str, target: str, gateway_id: str, client_address: str) -> str:
        return f"{at}-{digest(self._pass_key, str(at), method, target, gateway_id, client_address)}"


def derived_key(secret: str, *, purpose: str) -> bytes:
    return hmac.digest(secret.encode(), purpose.encode(), hashlib.sha256)


def digest(key: bytes, *parts: str) -> str:
    # As JSON, in which no two lists look alike.
    return hmac.new(key, json.dumps(parts).encode(), hashlib.sha256).hexdigest()
