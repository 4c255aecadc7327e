"""Answers `/api/system/status` with the state of every service and server, checked at most once a second.

Strangers only learn whether the system works; callers for whom `may_see_all` is true get everything.
"""

import asyncio
import hmac
import time
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from aiohttp import web

from chatflow.bus.port import Bus
from chatflow.http.answers import json_response
from chatflow.leases.port import LeaseTable
from chatflow.process.settings import Settings

FRESH_SECONDS = 1.0
TIMEOUT_SECONDS = 1.5
PATHS = ("/api/system/status", "/api/services/status")
# Without any one of these no message gets through.
VITAL = {"gateway", "chat_service", "message_service", "bus"}


class SystemStatus:
    def __init__(
        self,
        settings: Settings,
        *,
        bus: Bus,
        workers: LeaseTable,
        gateways: LeaseTable,
        may_see_all: Callable[[web.Request], Awaitable[bool]],
    ) -> None:
        self._may_see_all = may_see_all
        self._bus = bus
        self._workers = workers
        self._gateways = gateways
        self._services = {
            "user_service": settings.user_service_url,
            "message_service": settings.message_service_url,
            "notification_service": settings.notification_service_url,
        }
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_SECONDS))
        self._seen_at = 0.0
        self._seen: dict[str, Any] = {}
        self._checking = asyncio.Lock()

    async def close(self) -> None:
        await self._session.close()

    def routes(self) -> list[web.RouteDef]:
        return [web.get(path, self.answer) for path in PATHS]

    async def answer(self, request: web.Request) -> web.Response:
        seen = await self._fresh()
        return json_response(seen if await self._may_see_all(request) else {"status": seen["status"]})

    async def _fresh(self) -> dict[str, Any]:
        """Return a state at most a second old; of many callers one runs the checks and the others wait for it."""
        async with self._checking:
            if time.monotonic() - self._seen_at > FRESH_SECONDS:
                self._seen = await self._check()
                self._seen_at = time.monotonic()
        return self._seen

    async def _check(self) -> dict[str, Any]:
        states = await asyncio.gather(*(self._ask(url) for url in self._services.values()))
        services: dict[str, Any] = dict(zip(self._services, states, strict=True))
        services["gateway"] = {"state": "ok", "instances": sorted(self._gateways.live)}
        workers = sorted(self._workers.live)
        services["chat_service"] = {"state": "ok" if workers else "down", "instances": workers}
        servers = {"bus": {"state": "ok" if self._bus.connected else "down"}}
        broken = {name for name, found in (services | servers).items() if found["state"] != "ok"}
        status = "down" if broken & VITAL else "degraded" if broken else "ok"
        return {"status": status, "services": services, "servers": servers}

    async def _ask(self, url: str) -> dict[str, Any]:
        begun = time.monotonic()
        try:
            async with self._session.get(f"{url.rstrip('/')}/ready") as response:
                body = await response.json(content_type=None)
                state = "ok" if response.status == 200 else "not ready"
        except (aiohttp.ClientError, TimeoutError, ValueError):
            return {"state": "down"}
        checks = body.get("checks", {}) if isinstance(body, dict) else {}
        return {"state": state, "latency_ms": round((time.monotonic() - begun) * 1000, 1), "checks": checks}


def shows_secret(request: web.Request, *, secret: str) -> bool:
    """Tell whether a request shows the service secret, so comes from one of our own processes."""
    scheme, _, credential = request.headers.get("Authorization", "").partition(" ")
    # aiohttp decodes bytes that are not UTF-8 to lone surrogates.
    shown = credential.strip().encode(errors="surrogateescape")
    return scheme.lower() == "service" and hmac.compare_digest(shown, secret.encode())
