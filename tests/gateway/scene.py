"""Alice's device and a room of hers, in a gateway without a network and with time of its own."""

from collections.abc import Callable
from typing import Any

from chatflow.wire.bus import Publication
from gateway.sessions.connection import Connection
from tests.chatflow.virtual_time import VirtualLoop
from tests.gateway.handheld import Device
from tests.gateway.lives import Life
from tests.gateway.unplugged_gateway import UnpluggedGateway
from tests.gateway.world import World


class Scene:
    def __init__(self) -> None:
        self.loop = VirtualLoop()
        self.gateway: UnpluggedGateway = self.loop.run_until_complete(self.open_gateway())
        self.world = self.gateway.world
        self.alice, self.bob = self.world.person("alice"), self.world.person("bob")
        self.room = self.world.room(self.alice)
        self.device = Device(self.gateway)

    async def open_gateway(self) -> UnpluggedGateway:
        gateway = UnpluggedGateway(World())
        await gateway.open()
        return gateway

    def close(self) -> None:
        self.loop.run_until_complete(self.gateway.close())
        self.loop.close()

    @property
    def life(self) -> Life:
        """What the device's connection was told, without any time passing."""
        self.loop.settle()
        self.device.read()
        assert self.device.client.life is not None
        assert self.loop.complaints == []
        return self.device.client.life

    @property
    def connection(self) -> Connection:
        """The gateway's side of the device."""
        assert self.device.session is not None
        found: Connection = self.device.session.connection
        return found

    def connect(self) -> None:
        self.connect_other(self.device, self.alice)
        assert self.life.is_ready

    def connect_other(self, device: Device, user_id: str) -> None:
        """Connect a device and have its person's rooms read."""
        self.do(lambda: device.connect(user_id))
        self.answer()
        device.read()

    def answer(self) -> None:
        """Let the answer that has waited longest arrive."""
        self.gateway.services.let_go(0)
        self.loop.settle()

    def do(self, action: Callable[[], object]) -> None:
        async def soon() -> None:
            action()

        self.loop.run_until_complete(soon())
        self.loop.settle()

    def ask(self, name: str, **payload: Any) -> None:
        self.do(lambda: self.device.ask(name, **payload))

    def answers(self) -> list[Any]:
        return list(self.life.answers.values())


def losing(publication: Publication) -> list[Publication]:
    return []


def passing(publication: Publication) -> list[Publication]:
    return [publication]
