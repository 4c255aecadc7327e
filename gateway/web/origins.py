"""Which web pages may open sockets here; whoever is no browser sends no Origin and is judged by its token alone."""

from collections.abc import Callable
from typing import Any


def origin_check(
    *, allowed_origins: list[str], public_origins: list[str], trusted_proxies: int
) -> Callable[[str | None, dict[str, Any]], bool]:
    """Return the rule for a request's Origin: exactly one of a list, or without allowed ones the host it came to."""

    def is_allowed(origin: str | None, environ: dict[str, Any]) -> bool:
        if origin is None:
            return False  # asked only for the headers that other pages would need
        if origin.lower() in public_origins:
            return True
        if allowed_origins:
            return origin in allowed_origins
        host = environ.get("HTTP_HOST", "")
        if trusted_proxies:
            host = environ.get("HTTP_X_FORWARDED_HOST", host).split(",")[0].strip()
        # Compared whole: a browser's Origin has no path or user, and what is no address needs no parser to be refused.
        return bool(host) and origin.lower() in (f"http://{host.lower()}", f"https://{host.lower()}")

    return is_allowed
