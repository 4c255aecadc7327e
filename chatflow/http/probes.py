"""The answers that every asyncio process gives about itself: alive, ready, and its metrics."""

from collections.abc import Awaitable, Callable
from typing import Literal

import msgspec
import prometheus_client
from aiohttp import web

from chatflow.http.answers import json_response
from chatflow.http.documented import documented

# What a process depends on, each with "ok" or what is wrong with it.
ReadyCheck = Callable[[], Awaitable[dict[str, str]]]


class Health(msgspec.Struct, frozen=True):
    """A process that answers is alive."""

    status: Literal["ok"] = "ok"


class Readiness(msgspec.Struct, frozen=True):
    """Whether a process may be sent requests, and what each of its checks says."""

    status: Literal["ok", "not ready"]
    checks: dict[str, str]


def probe_routes(*, ready: ReadyCheck) -> list[web.RouteDef]:
    @documented("check_health", "Whether this process is alive.", tag="system", asker="anybody", answers={200: Health})
    async def answer_health(_: web.Request) -> web.Response:
        return json_response(Health())

    @documented(
        "check_readiness",
        "Whether this process may be sent requests.",
        tag="system",
        asker="anybody",
        answers={200: Readiness, 503: Readiness},
    )
    async def answer_ready(_: web.Request) -> web.Response:
        checks = await ready()
        is_ready = all(state == "ok" for state in checks.values())
        readiness = Readiness("ok" if is_ready else "not ready", checks)
        return json_response(readiness, status=200 if is_ready else 503)

    async def answer_metrics(_: web.Request) -> web.Response:
        return web.Response(
            body=prometheus_client.generate_latest(), headers={"Content-Type": prometheus_client.CONTENT_TYPE_LATEST}
        )

    return [
        web.get("/health", answer_health),
        web.get("/ready", answer_ready),
        web.get("/metrics", answer_metrics),
    ]
