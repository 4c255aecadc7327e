"""Inner addresses that an operator lets us dial although a person named them: a network, or one host and port."""

import ipaddress

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def inner_address_of(text: str) -> Network | tuple[str, int]:
    """Return the network or the (host, port) that the text names; raises ValueError if it is neither."""
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        pass
    host, _, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]").lower()
    if not host or not (port.isascii() and port.isdigit()) or not 0 < int(port) <= 65535:
        raise ValueError("it is neither a network nor host:port")
    return host, int(port)
