"""The names that the public listener answers to: a page of another name cannot reach it by having that name lead here.

Browsers take whatever a name leads to for the page's own server (DNS rebinding), so that such a page could sign in, and
read. An IP address, `localhost` and the hosts of CHATFLOW_PUBLIC_URL are nobody else's.
"""

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from chatflow.errors import Invalid
from chatflow.http.answers import error_response
from chatflow.process.public_urls import host_name, is_address
from chatflow.process.settings import Settings

MISDIRECTED = 421
# Asked by balancers and containers, by whatever name they have for us; they say nothing of anybody.
PROBES = ("/health", "/ready")


def refuse_other_hosts(settings: Settings) -> Middleware:
    """Return the middleware."""
    names = {"localhost", *(host_name(origin.partition("://")[2]) for origin in settings.public_origins)}
    trusts_proxies = settings.trusted_proxies > 0

    def is_ours(host: str) -> bool:
        name = host_name(host)
        return name is not None and (name in names or is_address(name))

    @web.middleware
    async def refuse(request: web.Request, handler: Handler) -> web.StreamResponse:
        # Who names no host at all is no browser.
        asked = request.headers.getall("Host", [])
        if trusts_proxies:
            # It is believed elsewhere, and a page may set it where no proxy does.
            asked += [
                host.strip() for text in request.headers.getall("X-Forwarded-Host", []) for host in text.split(",")
            ]
        if request.path not in PROBES and not all(map(is_ours, asked)):
            error = Invalid("Nobody is served under this name. The setting CHATFLOW_PUBLIC_URL says which names are.")
            return error_response(error, status=MISDIRECTED)
        return await handler(request)

    return refuse
