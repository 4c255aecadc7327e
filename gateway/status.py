"""`/api/system/status`: what the gateway sees of every service and server, asked at most once a second."""

import asyncio
import time
from typing import Any

import aiohttp
from aiohttp import web

from chatflow.bus import Bus
from chatflow.http_answers import json_response
from chatflow.leases import LeaseTable
from chatflow.settings import Settings

FRESH_SECONDS = 1.0
TIMEOUT_SECONDS = 1.5


class SystemStatus:
    def __init__(self, settings: Settings, *, bus: Bus, workers: LeaseTable, gateways: LeaseTable) -> None:
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
        self._looking = asyncio.Lock()

    async def close(self) -> None:
        await self._session.close()

    async def answer(self, _: web.Request) -> web.Response:
        async with self._looking:
            if time.monotonic() - self._seen_at > FRESH_SECONDS:
                self._seen = await self._look()
                self._seen_at = time.monotonic()
        return json_response(self._seen)

    async def _look(self) -> dict[str, Any]:
        states = await asyncio.gather(*(self._ask(url) for url in self._services.values()))
        services: dict[str, Any] = dict(zip(self._services, states, strict=True))
        services["gateway"] = {"state": "ok", "instances": sorted(self._gateways.live)}
        workers = sorted(self._workers.live)
        services["chat_service"] = {"state": "ok" if workers else "down", "instances": workers}
        servers = {"bus": {"state": "ok" if self._bus.connected else "down"}}
        is_ok = all(part["state"] == "ok" for part in (*services.values(), *servers.values()))
        return {"status": "ok" if is_ok else "degraded", "services": services, "servers": servers}

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
