"""The addresses at which people reach an installation: their origins as browsers write them, and their host names."""

import ipaddress
from urllib.parse import urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}


def origin_of(url: str) -> str:
    """Return `scheme://host[:port]` of a URL; raises ValueError if it is not one, or has more in it."""
    split = urlsplit(url.strip().lower())
    if split.scheme not in DEFAULT_PORTS or not split.hostname or split.username is not None:
        raise ValueError("it is not an http or https URL")
    if split.path not in ("", "/") or split.query or split.fragment:
        raise ValueError("it has more than a host and a port")
    host = f"[{split.hostname}]" if ":" in split.hostname else split.hostname
    is_default = split.port in (None, DEFAULT_PORTS[split.scheme])
    return f"{split.scheme}://{host}" if is_default else f"{split.scheme}://{host}:{split.port}"


def host_name(host: str) -> str | None:
    """Return the name or address in a Host header, without its port; None if it is neither."""
    host = host.lower()
    if host.startswith("["):
        name, _, port = host[1:].partition("]")
        is_whole = not port or port.startswith(":")
        return name if is_whole and is_address(name) and is_port(port[1:]) else None
    name, _, port = host.partition(":")
    name = name.removesuffix(".")
    return name if name and is_port(port) else None


def is_port(text: str) -> bool:
    return not text or (text.isascii() and text.isdigit())


def is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
