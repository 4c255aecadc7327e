"""The notification service to be asked: inside the test's loop, or as a process of its own to be stopped and killed."""

import asyncio
import os
import sys
import time
from pathlib import Path
from typing import Any

import aiohttp

from chatflow.process.settings import PREFIX, read_settings
from notification_service.service import serve
from tests.notification_service.message_service_edge import SECRET, MessageServiceEdge
from tests.notification_service.user_service_edge import UserServiceEdge
from tests.servers.ports import find_free_port

READY_WITHIN_SECONDS = 40.0
STOPPED_WITHIN_SECONDS = 40.0


class Service:
    """Where it listens, and how people ask it."""

    def __init__(self, folder: Path, *, redis_url: str, messages: MessageServiceEdge, users: UserServiceEdge) -> None:
        self.port = find_free_port()
        self.settings: dict[str, str] = {
            "port": str(self.port),
            "data_dir": str(folder),
            "redis_url": redis_url,
            "message_service_url": messages.url,
            "user_service_url": users.url,
            "service_secret": SECRET,
        }
        self._users = users

    @property
    def environment(self) -> dict[str, str]:
        return {f"{PREFIX}{name}".upper(): value for name, value in self.settings.items()}

    async def ask(
        self, method: str, path: str, *, user_id: str = "", token: str | None = None, **options: Any
    ) -> tuple[int, Any]:
        """Ask as a person, or with a token as it is."""
        token = self._users.sign(user_id) if token is None else token
        headers = {"Authorization": f"Bearer {token}"}
        async with (
            aiohttp.ClientSession(headers=headers) as session,
            session.request(method, f"http://127.0.0.1:{self.port}{path}", **options) as response,
        ):
            is_json = response.content_type == "application/json"
            return response.status, await (response.json() if is_json else response.text())

    async def is_ready(self) -> bool:
        try:
            status, _ = await self.ask("GET", "/ready", token="none")
        except aiohttp.ClientError:
            return False
        return status == 200


class ServiceInside(Service):
    """In the test's own loop, which is quickly had; it uses the database that the test's Django does."""

    async def start(self) -> None:
        self._stop = asyncio.Event()
        self._life = asyncio.create_task(serve(read_settings(self.environment), self._stop))
        async with asyncio.timeout(READY_WITHIN_SECONDS):
            while not await self.is_ready():
                assert not self._life.done(), self._life.result()
                await asyncio.sleep(0.01)

    async def close(self) -> None:
        self._stop.set()
        async with asyncio.timeout(STOPPED_WITHIN_SECONDS):
            await self._life


class ServiceProcess(Service):
    """`python -m notification_service`, of this checkout unless `program` is another."""

    program = Path(__file__).parents[2]

    @property
    def log(self) -> Path:
        return Path(self.settings["data_dir"]) / "notification_service.log"

    async def start(self) -> None:
        """Start it, and wait until it may take traffic."""
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "notification_service"),
                env=os.environ | self.environment,
                cwd=self.program,
                stdout=log,
                stderr=log,
            )
        async with asyncio.timeout(READY_WITHIN_SECONDS):
            while not await self.is_ready():
                assert self.process.returncode is None, self.log.read_text()
                await asyncio.sleep(0.05)

    async def terminate(self) -> tuple[int, float]:
        """Ask it to stop; return its exit status and how long it took."""
        asked_at = time.monotonic()
        self.process.terminate()
        async with asyncio.timeout(20):
            status = await self.process.wait()
        return status, time.monotonic() - asked_at

    async def close(self) -> None:
        """Kill it, if it lives."""
        if self.process.returncode is None:
            self.process.kill()
            await self.process.wait()
