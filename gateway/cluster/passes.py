"""Passes and seals, by which gateways prove requests and addresses to each other without showing their secret.

Gateways read each other's addresses in Redis. Somebody who can write there must neither learn the secret, which opens
every service, nor get to see what clients send.
"""

import hashlib
import hmac
import json
import time
from collections.abc import Callable

from chatflow.errors import Forbidden

# A pass is made when a request is sent and checked when its head arrives, so this only allows for differing clocks.
# Each process gives up commands after 8 s by its own clock: if clocks differ by more, nothing works anyway.
PASS_SECONDS = 10


class Passes:
    """Makes and checks passes and seals, by keys derived from the secret that all services share.

    A pass is valid for one request to one gateway, for some seconds. Somebody who intercepts it can repeat that request
    meanwhile, but the session's id in the request would already be enough for that.
    """

    def __init__(self, secret: str, *, clock: Callable[[], float] = time.time) -> None:
        self._pass_key = derived_key(secret, purpose="chatflow: a request between gateways")
        self._seal_key = derived_key(secret, purpose="chatflow: the address of a gateway")
        self._clock = clock

    def write(self, *, method: str, target: str, gateway_id: str, client_address: str) -> str:
        """Return a pass for a request sent now; `target` is its path and query, as they are sent."""
        return self._write(int(self._clock()), method, target, gateway_id, client_address)

    def check(self, shown: str, *, method: str, target: str, gateway_id: str, client_address: str) -> None:
        """Raise `forbidden` unless this is a pass for this very request, made lately by somebody who has the secret."""
        written_at, _, _ = shown.partition("-")
        if not (written_at.isascii() and written_at.isdigit() and len(written_at) <= len("9999999999")):
            raise Forbidden
        expected = self._write(int(written_at), method, target, gateway_id, client_address)
        if not hmac.compare_digest(shown.encode(errors="surrogateescape"), expected.encode()):
            raise Forbidden
        if abs(self._clock() - int(written_at)) > PASS_SECONDS:
            raise Forbidden

    def seal(self, gateway_id: str, address: str) -> str:
        """Return the address with a proof that it is from this gateway."""
        return f"{address}#{digest(self._seal_key, gateway_id, address)}"

    def is_sealed(self, gateway_id: str, sealed: str) -> bool:
        address, _, _ = sealed.rpartition("#")
        return hmac.compare_digest(sealed.encode(errors="surrogateescape"), self.seal(gateway_id, address).encode())

    def _write(self, at: int, method: str, target: str, gateway_id: str, client_address: str) -> str:
        return f"{at}-{digest(self._pass_key, str(at), method, target, gateway_id, client_address)}"


def derived_key(secret: str, *, purpose: str) -> bytes:
    return hmac.digest(secret.encode(), purpose.encode(), hashlib.sha256)


def digest(key: bytes, *texts: str) -> str:
    # As JSON, in which different lists never look alike.
    return hmac.new(key, json.dumps(texts).encode(), hashlib.sha256).hexdigest()
