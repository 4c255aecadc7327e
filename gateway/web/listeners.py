"""The gateway's two listeners: the public one, and an inner one for metrics and siblings, closed to the public."""

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

# A storm of reconnects must not be refused by the kernel.
BACKLOG = 4096
# A browser has up to six connections beside its socket, few of them at the same time as its neighbours'.
CONNECTIONS_PER_SOCKET = 4
# Stragglers get this long; sockets were closed before.
SHUTDOWN_SECONDS = 1.0


def public_app(
    settings: Settings, *, calls: AddressRates, ready: ReadyCheck, routes: Iterable[web.RouteDef], proxy: Proxy
) -> web.Application:
    """What everybody may ask. The engine adds its own routes, the pages take what is left."""
    app = web.Application(middlewares=[carry_request_id, answer_errors, refuse_other_hosts(settings), calls.count])
    app.on_response_prepare.append(add_security_headers)
    if settings.cookie_secure:
        app.on_response_prepare.append(add_strict_transport)
    app.add_routes([route for route in probe_routes(ready=ready) if route.path != "/metrics"])
    app.add_routes(routes)
    app.router.add_route("*", "/api/{path:.*}", proxy.forward)
    return app


def keep_no_connection(app: web.Application, *, when: Callable[[], bool]) -> None:
    """From then on end each connection with its answer: the client's next one leads to another gateway."""

    async def close_behind(request: web.Request, response: web.StreamResponse) -> None:
        if when() and response.status != 101:
            response.force_close()
            response.headers["Connection"] = "close"

    app.on_response_prepare.append(close_behind)


def add_pages(app: web.Application, settings: Settings) -> None:
    app.router.add_get("/{path:.*}", Pages(settings.ui_dir).serve)


def inner_app(*, ready: ReadyCheck, door: Iterable[web.RouteDef]) -> web.Application:
    """What is asked from within: probes, metrics, and what other gateways pass on."""
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
    """Start to serve; returns the runner and the port, which `port` 0 leaves open. Several gateways share one."""
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
    """Return the name or address under which other machines reach the inner listener."""
    if settings.inner_host not in ("", "0.0.0.0", "::"):
        return bracketed(settings.inner_host)
    redis_host, redis_port = URL(settings.redis).host, URL(settings.redis).port
    if not redis_host:
        return "127.0.0.1"
    # Ours on the way to Redis, which all gateways reach. Connecting a datagram socket sends nothing.
    family, *_, address = socket.getaddrinfo(redis_host, redis_port or 6379, type=socket.SOCK_DGRAM)[0]
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        probe.connect(address)
        return bracketed(str(probe.getsockname()[0]))


def bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def stop_accepting(runner: web.AppRunner) -> None:
    """Take no new connection; those that stand go on."""
    for site in list(runner.sites):
        server = getattr(site, "_server", None)
        if server is not None:
            server.close()
