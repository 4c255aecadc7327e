"""Headers that tell a browser what our pages never do, so that it stops an attacker's script from doing it."""

from aiohttp import web

# Only our own files, no inline script or style, no frames.
PAGE_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"
YEAR_SECONDS = 365 * 24 * 3600


async def add_security_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Add the headers that an answer does not have yet."""
    if response.status == 101:
        return  # a WebSocket, not a page
    headers = response.headers
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
    headers.pop("Server", None)
    if request.path.startswith("/api/"):
        # Answers are personal unless they say otherwise, so no cache on the way may keep them.
        headers.setdefault("Cache-Control", "no-store")
    if response.status == 304:
        return  # it has no content type, and the browser would apply its policy to the page in its cache
    is_page = response.content_type == "text/html"
    headers.setdefault("Content-Security-Policy", PAGE_POLICY if is_page else DATA_POLICY)


async def add_strict_transport(request: web.Request, response: web.StreamResponse) -> None:
    response.headers.setdefault("Strict-Transport-Security", f"max-age={YEAR_SECONDS}")
