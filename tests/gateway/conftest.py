"""One gateway in the fake world, and people with stock clients."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import socketio

from chatflow.auth.principal import Principal
from chatflow.ids import new_id
from chatflow.process.secret_texts import Secret
from chatflow.process.settings import LIMITS, Settings
from gateway.engine.limits import Limits
from gateway.service import serve
from tests.chatflow.conditions import until
from tests.gateway.scene import Scene
from tests.gateway.services import FakeServices
from tests.gateway.worker import FakeWorker
from tests.gateway.world import World

SECRET = "a-service-secret-that-nobody-guesses-0123456789"


class Device:
    """One stock client of a person; keeps all that it is sent, in order."""

    def __init__(self, gateway: "Gateway", user_id: str, *, transports: list[str]) -> None:
        self.user_id = user_id
        self.session_id = new_id()
        self.received: list[tuple[str, Any]] = []
        self.client = socketio.AsyncClient(reconnection=False)
        self._gateway = gateway
        self._transports = transports
        self.client.on("*", self._on_event)

    async def connect(self, *, expires_in: float = 900) -> "Device":
        token = self._gateway.token(self.user_id, session_id=self.session_id, expires_in=expires_in)
        await self.client.connect(self._gateway.url, auth={"token": token}, transports=self._transports)
        return self

    async def ready(self) -> dict[str, Any]:
        return await self.told("ready")

    async def told(self, name: str) -> dict[str, Any]:
        """Wait for an event of this name and return the first."""
        await until(lambda: bool(self.all(name)))
        found: dict[str, Any] = self.all(name)[0]
        return found

    async def has(self, room_id: str, seqs: list[int]) -> None:
        """Wait until exactly these live events of the room are there, in this order."""
        await until(lambda: self.seqs(room_id) == seqs)

    async def sees(self, user_id: str, status: str) -> dict[str, Any]:
        """Look at a person until they appear so, each time as if for the first time."""
        async with asyncio.timeout(5.0):
            while True:
                await self.ask("presence:watch", {"user_ids": []})
                answer = await self.ask("presence:watch", {"user_ids": [user_id]})
                shown: dict[str, Any] = answer["presence"][user_id]
                if shown["status"] == status:
                    return shown

    def all(self, name: str) -> list[Any]:
        return [payload for event, payload in self.received if event == name]

    def seqs(self, room_id: str) -> list[int]:
        return [event["seq"] for event in self.all("event") if event["room_id"] == room_id]

    async def ask(self, name: str, payload: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = await self.client.call(name, payload, timeout=12)
        return answer

    def _on_event(self, name: str, payload: Any = None) -> None:
        self.received.append((name, payload))


class Gateway:
    """A gateway that runs in the test's loop, and the world around it, which a second one shares."""

    def __init__(
        self, redis_url: str, ui_dir: Path, *, name: str = "g1", beside: "Gateway | None" = None, **settings: Any
    ) -> None:
        self.name = name
        self.world: World = beside.world if beside else World()
        self.services: FakeServices = beside.services if beside else FakeServices(self.world)
        self.worker: FakeWorker = beside.worker if beside else FakeWorker(self.world, redis_url)
        self._is_first = beside is None
        self.url = ""
        self.inner_url = ""
        self.stop = asyncio.Event()
        self._redis_url = redis_url
        self._settings = dict.fromkeys(LIMITS, 0) | settings
        self.ui_dir = ui_dir
        self._task: asyncio.Task[None] | None = None
        self._listening = asyncio.Event()
        self._devices: list[Device] = []

    async def start(self) -> None:
        if self._is_first:
            await self.services.server.start_server()
            await self.worker.start()
        settings = Settings(
            port=0, redis_url=self._redis_url, service_secret=Secret(SECRET), process_name=self.name,
            ui_dir=self.ui_dir,
            user_service_url=self.services.url, message_service_url=self.services.url,
            notification_service_url=self.services.url, **self._settings,
        )  # fmt: skip
        self._task = asyncio.create_task(serve(settings, self.stop, on_listening=self._on_listening))
        listening = asyncio.create_task(self._listening.wait())
        await asyncio.wait({listening, self._task}, return_when=asyncio.FIRST_COMPLETED)
        if self._task.done():
            await self._end_world()
            self._task.result()
        await self._until_ready()

    async def close(self) -> None:
        for device in self._devices:
            await device.client.disconnect()
        self.stop.set()
        if self._task is not None:
            await self._task
        await self._end_world()

    async def _end_world(self) -> None:
        if self._is_first:
            await self.worker.stop()
            await self.services.server.close()

    async def device(self, user_id: str, *, transports: list[str] | None = None) -> Device:
        """Connect another device of a person, and wait until it is ready."""
        device = self.new_device(user_id, transports=transports)
        await device.connect()
        await device.ready()
        return device

    def new_device(self, user_id: str, *, transports: list[str] | None = None) -> Device:
        device = Device(self, user_id, transports=transports or ["websocket"])
        self._devices.append(device)
        return device

    def token(self, user_id: str, *, session_id: str | None = None, expires_in: float = 900) -> str:
        return self.token_of(Principal(user_id, session_id=session_id or new_id()), expires_in=expires_in)

    def token_of(self, principal: Principal, *, expires_in: float = 900) -> str:
        now = int(time.time())
        return self.services.signer.sign(principal, issued_at=now, expires_at=int(now + expires_in))

    async def _until_ready(self) -> None:
        deadline = asyncio.get_running_loop().time() + 5.0
        async with aiohttp.ClientSession() as session:
            while True:
                async with session.get(f"{self.url}/ready") as response:
                    if response.status == 200:
                        return
                    assert asyncio.get_running_loop().time() < deadline, response.status

    def _on_listening(self, public_port: int, inner_port: int) -> None:
        self.url = f"http://127.0.0.1:{public_port}"
        self.inner_url = f"http://127.0.0.1:{inner_port}"
        self._listening.set()


@pytest.fixture
async def gateway(valkey_url: str, tmp_path: Path) -> AsyncIterator[Gateway]:
    gateway = Gateway(valkey_url, tmp_path / "ui")
    await gateway.start()
    yield gateway
    await gateway.close()


@pytest.fixture
async def second(gateway: Gateway, valkey_url: str, tmp_path: Path) -> AsyncIterator[Gateway]:
    """Another gateway in the same world, at an address of its own."""
    second = Gateway(valkey_url, tmp_path / "ui", name="g2", beside=gateway)
    await second.start()
    yield second
    await second.close()


@pytest.fixture
def scene() -> Iterator[Scene]:
    scene = Scene()
    yield scene
    scene.close()


@pytest.fixture
def world(gateway: Gateway) -> World:
    return gateway.world


@pytest.fixture
def worker(gateway: Gateway) -> FakeWorker:
    return gateway.worker


@pytest.fixture
def alice(world: World) -> str:
    return world.person("alice")


@pytest.fixture
def bob(world: World) -> str:
    return world.person("bob")


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """A gateway that waits for no slow client as long as it would."""
    monkeypatch.setattr("gateway.engine.timeouts.HEAD_SECONDS", 0.3)
    monkeypatch.setattr("gateway.engine.timeouts.IDLE_SECONDS", 0.8)
    monkeypatch.setattr("gateway.service.Limits", partial(Limits, connect_seconds=0.3))
    monkeypatch.setattr("gateway.web.bodies.BODY_SECONDS", 0.3)
