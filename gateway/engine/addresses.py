"""Whom a request comes from, and how many sessions each address has here."""

import ipaddress
from collections import Counter

from aiohttp import web

from chatflow.addresses import household


def client_address(peer: str, forwarded_for: str, *, trusted_proxies: int) -> str:
    """Return the client's address: the peer's, or what the outermost of so many proxies of ours says of its own peer.

    What stands further to the left in X-Forwarded-For the client has made up, or somebody else's proxy.
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
    """Return whom an HTTP request comes from."""
    # By the header's own name: servers that make variables of headers take X_Forwarded_For for the same.
    forwarded_for = ",".join(request.headers.getall("X-Forwarded-For", []))
    return client_address(request.remote or "", forwarded_for, trusted_proxies=trusted_proxies)


class Addresses:
    """Sessions by the address that opened them; `sessions_at_most` 0 is no limit."""

    def __init__(self, *, trusted_proxies: int = 0, sessions_at_most: int = 0) -> None:
        self._trusted_proxies = trusted_proxies
        self._at_most = sessions_at_most
        self._sessions: Counter[str] = Counter()

    def of(self, request: web.BaseRequest) -> str:
        return household(address_of(request, trusted_proxies=self._trusted_proxies))

    def enter(self, address: str) -> bool:
        """Count a session, unless there are too many of this address."""
        if self._at_most and self._sessions[address] >= self._at_most:
            return False
        self._sessions[address] += 1
        return True

    def leave(self, address: str) -> None:
        self._sessions[address] -= 1
        if not self._sessions[address]:
            del self._sessions[address]
