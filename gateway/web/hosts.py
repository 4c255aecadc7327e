"""Refuses requests to the public listener under a foreign host name, which protects from DNS rebinding.

A browser takes any server that a page's host name leads to for the page's own, so a foreign page whose name leads here
could sign in and read. IP addresses, `localhost` and the hosts of CHATFLOW_PUBLIC_URL cannot belong to anybody else.
"""

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from chatflow.errors import Invalid
from chatflow.http.answers import error_response
from chatflow.process.public_urls import host_name, is_address
from chatflow.process.settings import Settings

MISDIRECTED = 421
# Load balancers and containers ask these under any name they have for us; the answers contain nothing private.
PROBES = ("/health", "/ready")


def refuse_other_hosts(settings: Settings) -> Middleware:
    """Return the middleware that answers requests under a foreign host name with 421."""
    names = {"localhost", *(host_name(origin.partition("://")[2]) for origin in settings.public_origins)}
    trusts_proxies = settings.trusted_proxies > 0

    def is_ours(host: str) -> bool:
        name = host_name(host)
        return name is not None and (name in names or is_address(name))

    @web.middleware
    async def refuse(request: web.Request, handler: Handler) -> web.StreamResponse:
        # A request without any host name is not from a browser, and is let through.
        asked = request.headers.getall("Host", [])
        if trusts_proxies:
            # Other parts of the gateway trust this header behind proxies, and a page may set it where no proxy does.
            asked += [
                host.strip() for text in request.headers.getall("X-Forwarded-Host", []) for host in text.split(",")
            ]
        if request.path not in PROBES and not all(map(is_ours, asked)):
            error = Invalid("This host name is not served. The setting CHATFLOW_PUBLIC_URL says which names are.")
            return error_response(error, status=MISDIRECTED)
        return await handler(request)

    return refuse
