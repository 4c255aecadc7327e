"""The gateway's two listeners: the public one, and an inner one for metrics and other gateways, not for the public."""

import socket
from collections.abc import Awaitable, Callable, Iterable

from aiohttp import web
from yarl import URL

from chatflow.http.answers import answer_errors, carry_request_id
from chatflow.http.probes import probe_routes
from chatflow.process.settings import Settings
from gateway.engine.timeouts import TimeoutRunner, give_up_on_stalled
from gateway.sessions.address_rates import AddressRates
from gateway.web.hosts import refuse_other_hosts
from gateway.web.pages import Pages
from gateway.web.proxy import Proxy
from gateway.web.security_headers import add_security_headers, add_strict_transport

ReadyCheck = Callable[[], Awaitable[dict[str, str]]]

# Large enough that the kernel refuses nobody when many clients reconnect at once.
BACKLOG = 4096
# A browser has up to six connections beside its socket, but people at one address seldom use them at the same time.
CONNECTIONS_PER_SOCKET = 4
# How long open requests get at the end; sockets were closed before.
SHUTDOWN_SECONDS = 1.0


def public_app(
    settings: Settings, *, address_rates: AddressRates, ready: ReadyCheck, routes: Iterable[web.RouteDef], proxy: Proxy
) -> web.Application:
    """The public application. The engine adds its own routes, and the pages take the paths that are left."""
    app = web.Application(
        middlewares=[carry_request_id, answer_errors, refuse_other_hosts(settings), address_rates.count]
    )
    app.on_response_prepare.append(add_security_headers)
    if settings.cookie_secure:
        app.on_response_prepare.append(add_strict_transport)
    app.add_routes([route for route in probe_routes(ready=ready) if route.path != "/metrics"])
    app.add_routes(routes)
    app.router.add_route("*", "/api/{path:.*}", proxy.forward)
    return app


def keep_no_connection(app: web.Application, *, when: Callable[[], bool]) -> None:
    """Close each connection after its answer once `when` is true: the client's next one leads to another gateway."""

    async def close_behind(request: web.Request, response: web.StreamResponse) -> None:
        if when() and response.status != 101:
            response.force_close()
            response.headers["Connection"] = "close"

    app.on_response_prepare.append(close_behind)


def add_pages(app: web.Application, settings: Settings) -> None:
    app.router.add_get("/{path:.*}", Pages(settings.ui_dir).serve)


def inner_app(*, ready: ReadyCheck, door: Iterable[web.RouteDef]) -> web.Application:
    """The inner application: probes, metrics, and requests that other gateways forward."""
    app = web.Application(middlewares=[carry_request_id, answer_errors])
    app.add_routes([*probe_routes(ready=ready), *door])
    return app


async def listen(
    app: web.Application,
    *,
    host: str,
    port: int,
    is_shared: bool = False,
    connections_per_address: int = 0,
    stalled_seconds: float = 0.0,
) -> tuple[web.AppRunner, int]:
    """Start to serve; return the runner and the port (any free one for 0). `is_shared` lets gateways share a port."""
    runner = TimeoutRunner(
        app,
        connections_per_address=connections_per_address,
        stalled_seconds=stalled_seconds,
        access_log=None,
        shutdown_timeout=SHUTDOWN_SECONDS,
    )
    await runner.setup()
    site = web.TCPSite(runner, host, port, backlog=BACKLOG, reuse_port=is_shared)
    await site.start()
    if stalled_seconds:
        for listening in getattr(site._server, "sockets", ()):
            give_up_on_stalled(listening, after_seconds=stalled_seconds)
    address = runner.addresses[0]
    return runner, address[1] if isinstance(address, tuple) else port


def reachable_host(settings: Settings) -> str:
    """Return the host name or address by which other machines reach the inner listener."""
    if settings.inner_host not in ("", "0.0.0.0", "::"):
        return bracketed(settings.inner_host)
    redis_host, redis_port = URL(settings.redis).host, URL(settings.redis).port
    if not redis_host:
        return "127.0.0.1"
    # Our own address on the route to Redis, which all gateways reach. Connecting a datagram socket sends nothing.
    family, *_, address = socket.getaddrinfo(redis_host, redis_port or 6379, type=socket.SOCK_DGRAM)[0]
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        probe.connect(address)
        return bracketed(str(probe.getsockname()[0]))


def bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def stop_accepting(runner: web.AppRunner) -> None:
    """Accept no new connections; open ones go on."""
    for site in list(runner.sites):
        server = getattr(site, "_server", None)
        if server is not None:
            server.close()
