"""A gateway without a network: its parts put together by hand, so that answers that wait can be given in any order."""

import asyncio
import time
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chatflow.auth.account_facts.pages import FactPage, SessionRevoked
from chatflow.auth.principal import Principal
from chatflow.auth.tokens import TokenSigner
from chatflow.bus.port import OnMessage
from chatflow.errors import TimedOut, Unavailable
from chatflow.process.settings import LIMITS, Settings
from chatflow.protocol.replies import Appearance
from chatflow.wire.bus import SIGNALS_CHANNEL, PresenceChanged, TypingChanged, UserChanged
from gateway.commands.application import GatewayApplication
from gateway.commands.dispatch import Dispatch
from gateway.commands.sender import CommandSender
from gateway.commands.socket_commands import SocketCommands
from gateway.delivery.catch_up import CatchUp, Missing
from gateway.delivery.delivery import Delivery
from gateway.delivery.profiles import Profiles
from gateway.delivery.signal_counts import SignalCounts
from gateway.delivery.signals import Signals, SignalSender
from gateway.delivery.worker_feeds import WorkerFeeds
from gateway.engine.outbound import Outbound
from gateway.engine.session import EngineSession
from gateway.engine.sockets import SocketServer
from gateway.personal.preferences import Preferences
from gateway.personal.read_positions import ReadPositions
from gateway.personal.writes import PersonalWrites
from gateway.presence.focus import FocusedRooms
from gateway.presence.presence import Presence
from gateway.presence.typing import Typists
from gateway.rooms.hidden_rooms import HiddenRooms
from gateway.rooms.joining import Joining
from gateway.rooms.list_versions import ListVersions
from gateway.rooms.membership import Membership
from gateway.rooms.sync import RoomSync
from gateway.sessions.client_tokens import ClientTokens
from gateway.sessions.connection import Connections
from gateway.sessions.known_users import KnownUsers
from gateway.sessions.lifecycle import Lifecycle
from gateway.sessions.rate_limits import RateLimits
from gateway.sessions.shown_limits import shown_limits
from tests.gateway.services import FakeServices
from tests.gateway.worker import FakeWorker
from tests.gateway.world import World

# As the real client does.
ATTEMPTS = 3


class LateBus:
    """See `chatflow.bus.port.Bus`: in memory, in order, and a moment later."""

    connected = True

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._listeners: dict[str, OnMessage] = {}

    async def start(self) -> None: ...

    def publish(self, channel: str, payload: bytes) -> None:
        self._loop.call_soon(self._bring, channel, payload)

    async def publish_counted(self, channel: str, payload: bytes) -> int:
        self.publish(channel, payload)
        return int(channel in self._listeners)

    async def subscribe(self, channel: str, on_message: OnMessage) -> None:
        self._listeners[channel] = on_message

    async def unsubscribe(self, channel: str) -> None:
        self._listeners.pop(channel, None)

    async def close(self) -> None: ...

    def _bring(self, channel: str, payload: bytes) -> None:
        if channel in self._listeners:
            self._listeners[channel](payload)


class SlowServices:
    """For `chatflow.http.service_client.ServiceClient`: answers of message_service are kept in `waiting` until let go.

    They are true when it is asked, and may be old when they are heard.
    """

    def __init__(self, world: World) -> None:
        self.fakes = FakeServices(world)
        self._world = world
        self.waiting: list[asyncio.Future[None]] = []
        self.slow = {"connect", "rows", "events", "read", "preferences"}

    async def call(
        self,
        path: str,
        request: msgspec.Struct,
        answer: type[Any],
        *,
        timeout_seconds: float = 2.0,
        idempotent: bool = False,
    ) -> Any:
        name = path.rpartition("/")[2]
        found = msgspec.msgpack.encode(self.fakes.tell(name, msgspec.msgpack.encode(request)))
        for attempt in reversed(range(ATTEMPTS if idempotent else 1)):
            try:
                await self._wait(name, timeout_seconds)
                break
            except TimedOut:
                if not attempt:
                    raise
        return msgspec.msgpack.decode(found, type=answer)

    async def post_json(self, path: str, payload: Any, answer: type[Any], *, idempotent: bool) -> Any:
        users = self._world.users
        found = [{"id": each, "username": users[each], "display_name": ""} for each in payload["ids"]]
        return msgspec.convert({"users": found}, answer)

    async def get_json(self, path: str, answer: type[Any]) -> Any:
        return msgspec.json.decode(msgspec.json.encode(self.fakes.signer.jwks), type=answer)

    def let_go(self, place: int, *, failing: bool = False) -> None:
        if self.waiting:
            answer_due = self.waiting[place % len(self.waiting)]
            if failing:
                answer_due.set_exception(Unavailable())
            else:
                answer_due.set_result(None)
            self.waiting.remove(answer_due)

    def let_all_go(self) -> None:
        self.slow.clear()
        while self.waiting:
            self.let_go(0)

    async def _wait(self, name: str, timeout_seconds: float) -> None:
        if name not in self.slow:
            return
        answer_due: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting.append(answer_due)
        try:
            async with asyncio.timeout(timeout_seconds):
                await answer_due
        except TimeoutError:
            raise TimedOut from None
        finally:
            if answer_due in self.waiting:
                self.waiting.remove(answer_due)


class Nowhere:
    """Redis as presence and focus see it through their stores; everybody is always online."""

    async def write(self, *, here: list[str], gone: list[str]) -> dict[str, Appearance]:
        return {user_id: Appearance("online" if user_id in here else "offline") for user_id in [*here, *gone]}

    async def read(self, user_ids: list[str]) -> dict[str, Appearance]:
        return {user_id: Appearance("online") for user_id in user_ids}

    async def choose(self, user_id: str, *, status: str, text: str | None) -> None: ...

    def heed(self, user_id: str, status: str) -> None: ...

    def distrust(self) -> None: ...

    async def renew(self) -> None: ...

    async def change(self, *, add: object = (), remove: object = ()) -> None: ...


class UnpluggedGateway:
    """Composes the same parts as `gateway.service.serve`, between the engine and fakes of the other services."""

    def __init__(self, world: World) -> None:
        loop = asyncio.get_running_loop()
        self.world = world
        self.services = services = SlowServices(world)
        self.signer = TokenSigner(Ed25519PrivateKey.generate())
        services.fakes.signer = self.signer
        client: Any = services
        nowhere: Any = Nowhere()
        self.bus = bus = LateBus()
        self.worker = FakeWorker(world, "redis://nowhere")
        self.worker.bus = bus
        workers: Any = SimpleNamespace(live={"w1": self.worker.lease}, owner_of=lambda _: self.worker.lease)
        no_limits: dict[str, Any] = dict.fromkeys(LIMITS, 0)
        settings = Settings(redis_url="redis://nowhere", **no_limits)

        self.outbound = Outbound()
        self.connections = connections = Connections()
        missing = Missing()
        self.delivery = delivery = Delivery(
            self.outbound, connections, on_behind=missing.fetch_soon, on_recheck=missing.recheck
        )
        self.feeds = WorkerFeeds(bus, workers, delivery)
        self.catch_up = catch_up = CatchUp(client, missing, delivery, receives=self.feeds.receives)
        self.sender = sender = SignalSender(bus, gateway_id="g")
        membership = Membership(client, delivery)
        writes = PersonalWrites(client)
        joining = Joining(
            membership,
            delivery,
            HiddenRooms(delivery, connections),
            connections,
            show_again=writes.show_again,
            publish=sender.send,
        )
        self.tokens = ClientTokens(client)
        self.tokens.facts.loaded = True
        known_users = KnownUsers(client)
        self.commands = CommandSender(bus, workers, gateway_id="g")
        self.lifecycle = lifecycle = Lifecycle(
            tokens=self.tokens, known_users=known_users, rooms=joining, connections=connections,
            gateway_id="g", limits=shown_limits(settings), connections_per_person=0,
        )  # fmt: skip
        self.presence = Presence(nowhere, connections, outbound=self.outbound, send=sender.send)
        typists = Typists(delivery, self.outbound, send=sender.send)
        self.profiles = Profiles(
            self.tokens.facts, outbound=self.outbound, connections=connections, known_users=known_users
        )
        self.signals = Signals(
            counts=SignalCounts(on_loss=connections.recheck_all), outbound=self.outbound, connections=connections,
            delivery=delivery, lifecycle=lifecycle,
            handlers={
                TypingChanged: typists.on_changed, PresenceChanged: self.presence.on_changed,
                UserChanged: self.profiles.take,
            },
        )  # fmt: skip
        preferences = Preferences(writes, sender)
        socket_commands = SocketCommands(
            self.commands, known_users=known_users, joining=joining, lifecycle=lifecycle, preferences=preferences
        )
        self.focus = FocusedRooms("redis://nowhere", gateway_id="g")
        self.focus._pairs = nowhere
        dispatch = Dispatch(
            commands=socket_commands, room_sync=RoomSync(client, delivery, membership, catch_up),
            reading=ReadPositions(client, sender, self.signals.read_order), preferences=preferences,
            focus=self.focus, presence=self.presence, typists=typists, lifecycle=lifecycle,
            rate_limits=RateLimits(settings), rooms_per_sync=500, people_per_watch=500,
        )  # fmt: skip
        application = GatewayApplication(
            lifecycle=lifecycle, dispatch=dispatch, commands=socket_commands, focus=self.focus, presence=self.presence,
            is_open=lambda: True,
        )  # fmt: skip
        self.sockets = SocketServer(
            application, outbound=self.outbound, name="g", is_origin_allowed=lambda origin, environ: True
        )
        running = (
            catch_up.run(), self.feeds.watch_silence(), self.commands.run(),
            ListVersions(connections, membership, lifecycle).run(), self.worker._beat(),
        )  # fmt: skip
        self.running = [loop.create_task(work) for work in running]

    async def open(self) -> None:
        await self.bus.subscribe(self.commands.replies_channel, self.commands.on_answers)
        await self.bus.subscribe(SIGNALS_CHANNEL, self.signals.on_signals)
        await self.bus.subscribe("commands.w1", self.worker.on_commands)
        await self.feeds.follow_workers()

    async def close(self) -> None:
        for task in self.running:
            task.cancel()
        await asyncio.gather(*self.running, return_exceptions=True)

    def open_session(self) -> EngineSession:
        session = EngineSession(self.sockets.eio, self.sockets.eio.generate_id(), address="")
        self.sockets.eio.addresses.enter("")
        self.sockets.eio.sockets[session.sid] = session
        session.connected = True
        return session

    def token(self, user_id: str, *, session_id: str) -> str:
        now = int(time.time())
        return self.signer.sign(Principal(user_id, session_id=session_id), issued_at=now, expires_at=now + 900)

    def revoke(self, session_id: str) -> None:
        page = FactPage(0, [SessionRevoked(session_id, datetime(2099, 1, 1, tzinfo=UTC))])
        self.lifecycle.on_facts(self.tokens.facts.absorb(page))
