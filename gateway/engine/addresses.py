"""Finds the client address of a request, and limits how many sessions an address has and how fast it opens them."""

import ipaddress
import time
from collections import Counter
from collections.abc import Callable

from aiohttp import web

from chatflow.http.addresses import household
from gateway.engine.buckets import BURST_SECONDS, Bucket

# A handshake costs about a millisecond. Even an address with few sessions may reconnect often over a poor network.
HANDSHAKES_PER_SECOND_AT_LEAST = 10.0


def client_address(peer: str, forwarded_for: str, *, trusted_proxies: int) -> str:
    """Return the client's address: the peer's, or with proxies of ours what the outermost of them says of its own peer.

    Entries further to the left in X-Forwarded-For come from the client, or from somebody else's proxy.
    """
    if not trusted_proxies or not forwarded_for:
        return peer
    hops = [*(hop.strip() for hop in forwarded_for.split(",")), peer]
    claimed = hops[max(0, len(hops) - 1 - trusted_proxies)]
    try:
        return str(ipaddress.ip_address(claimed))
    except ValueError:
        return peer


def address_of(request: web.BaseRequest, *, trusted_proxies: int) -> str:
    """Return the client's address of an HTTP request."""
    # By the exact name: servers that turn headers into variables would also take X_Forwarded_For.
    forwarded_for = ",".join(request.headers.getall("X-Forwarded-For", []))
    return client_address(request.remote or "", forwarded_for, trusted_proxies=trusted_proxies)


class Addresses:
    """Counts sessions by the address that opened them; `sessions_at_most` 0 means no limit.

    An address may open as many at once as it may have, and then a tenth as many each second.
    """

    def __init__(
        self, *, trusted_proxies: int = 0, sessions_at_most: int = 0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._trusted_proxies = trusted_proxies
        self._at_most = sessions_at_most
        self._clock = clock
        self._sessions: Counter[str] = Counter()
        # Buckets of handshakes: made when first needed, dropped when full again.
        self._handshakes: dict[str, Bucket] = {}

    def of(self, request: web.BaseRequest) -> str:
        return household(address_of(request, trusted_proxies=self._trusted_proxies))

    def enter(self, address: str) -> bool:
        """Count a session and return true, unless this address has too many or opens them too fast."""
        if self._at_most and (self._sessions[address] >= self._at_most or not self._may_open(address)):
            return False
        self._sessions[address] += 1
        return True

    def leave(self, address: str) -> None:
        self._sessions[address] -= 1
        if not self._sessions[address]:
            del self._sessions[address]

    def sweep(self) -> None:
        """Drop the buckets of addresses that have opened no session for a while."""
        now = self._clock()
        for address in [address for address, bucket in self._handshakes.items() if bucket.is_resting(now)]:
            del self._handshakes[address]

    def __len__(self) -> int:
        return len(self._handshakes)

    def _may_open(self, address: str) -> bool:
        now = self._clock()
        bucket = self._handshakes.get(address)
        if bucket is None:
            rate = max(self._at_most / BURST_SECONDS, HANDSHAKES_PER_SECOND_AT_LEAST)
            # No pause after a refusal: others at the address did nothing wrong.
            bucket = self._handshakes[address] = Bucket(rate, now=now, pause_seconds=0.0)
        return not bucket.take(now)
