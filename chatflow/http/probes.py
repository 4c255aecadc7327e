"""The answers that every asyncio process gives about itself: alive, ready, and its metrics."""

from collections.abc import Awaitable, Callable

import prometheus_client
from aiohttp import web

# What a process depends on, each with "ok" or what is wrong with it.
ReadyCheck = Callable[[], Awaitable[dict[str, str]]]


def probe_routes(*, ready: ReadyCheck) -> list[web.RouteDef]:
    async def answer_health(_: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def answer_ready(_: web.Request) -> web.Response:
        checks = await ready()
        is_ready = all(state == "ok" for state in checks.values())
        return web.json_response(
            {"status": "ok" if is_ready else "not ready", "checks": checks}, status=200 if is_ready else 503
        )

    async def answer_metrics(_: web.Request) -> web.Response:
        return web.Response(
            body=prometheus_client.generate_latest(), headers={"Content-Type": prometheus_client.CONTENT_TYPE_LATEST}
        )

    return [
        web.get("/health", answer_health),
        web.get("/ready", answer_ready),
        web.get("/metrics", answer_metrics),
    ]
