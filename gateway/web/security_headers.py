"""Headers that tell a browser what our pages never do, so that it stops whoever makes them."""

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
    """Add to an answer what it does not say itself."""
    if response.status == 101:
        return  # a socket is no page
    headers = response.headers
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
    headers.pop("Server", None)
    if request.path.startswith("/api/"):
        # A person's own things, unless whoever answers says otherwise: no cache between here and there keeps them.
        headers.setdefault("Cache-Control", "no-store")
    if response.status == 304:
        return  # it knows no type, and the browser would take its policy for that of the page it has kept
    is_page = response.content_type == "text/html"
    headers.setdefault("Content-Security-Policy", PAGE_POLICY if is_page else DATA_POLICY)


async def add_strict_transport(request: web.Request, response: web.StreamResponse) -> None:
    response.headers.setdefault("Strict-Transport-Security", f"max-age={YEAR_SECONDS}")
