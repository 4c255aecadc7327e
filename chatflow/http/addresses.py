"""Decides which network addresses, and which places that URLs lead to, count as one for limits."""

import ipaddress
import re


def household(address: str) -> str:
    """Return what counts as one address: for IPv6 its 64-bit network, in which anybody has as many as they like."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False))


def place_of(url: str) -> str:
    """Return where a URL leads, its host and port as they are written; of what is no URL, something all the same."""
    return re.split(r"[/?#]", url.partition("://")[2], maxsplit=1)[0]
