"""Decides which web pages may open sockets here. Clients other than browsers send no Origin; their token decides."""

from collections.abc import Callable
from typing import Any


def origin_check(
    *, allowed_origins: list[str], public_origins: list[str], trusted_proxies: int
) -> Callable[[str | None, dict[str, Any]], bool]:
    """Return the rule for Origins: those in the lists, or without allowed origins also the host that was asked."""

    def is_allowed(origin: str | None, environ: dict[str, Any]) -> bool:
        if origin is None:
            return False  # called without an Origin only for CORS headers, which are not needed then
        if origin.lower() in public_origins:
            return True
        if allowed_origins:
            return origin in allowed_origins
        host = environ.get("HTTP_HOST", "")
        if trusted_proxies:
            host = environ.get("HTTP_X_FORWARDED_HOST", host).split(",")[0].strip()
        # Compared as a whole: a browser's Origin has no path or user, so anything else is refused without parsing it.
        return bool(host) and origin.lower() in (f"http://{host.lower()}", f"https://{host.lower()}")

    return is_allowed
