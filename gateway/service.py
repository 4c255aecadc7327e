"""The gateway's story: what it is made of, who listens to whom, and how it leaves."""

import asyncio
import secrets
from collections.abc import Callable

import structlog
from aiohttp import web

from chatflow.bus.port import open_bus
from chatflow.http.service_client import ServiceClient
from chatflow.leases.port import LeaseKeeper, LeaseTable, cancelled, new_lease
from chatflow.process.settings import Settings
from chatflow.wire.bus import SIGNAL_BEATS_CHANNEL, SIGNALS_CHANNEL
from gateway.cluster.forwarding import Forwarding
from gateway.cluster.passes import Passes
from gateway.cluster.siblings import Siblings
from gateway.commands.application import GatewayApplication
from gateway.commands.dispatch import Requests
from gateway.commands.rest_commands import RestCommands
from gateway.commands.sender import Commands
from gateway.commands.socket_commands import RoomCommands
from gateway.delivery.catch_up import CatchUp
from gateway.delivery.delivery import SWEEP_SECONDS, Delivery
from gateway.delivery.signal_counts import SignalCounts
from gateway.delivery.signals import Signals
from gateway.delivery.worker_feeds import Feeds
from gateway.engine.addresses import Addresses
from gateway.engine.assumptions import check_assumptions
from gateway.engine.limits import Limits
from gateway.engine.outbound import Outflow
from gateway.engine.sockets import SocketServer
from gateway.metrics import UNSENT_BYTES
from gateway.personal.preferences import Personal
from gateway.personal.read_positions import ReadPositions
from gateway.personal.writes import PersonalWrites
from gateway.presence.focus import Focus
from gateway.presence.presence import Presence
from gateway.presence.store_redis import PresenceStore
from gateway.rooms.joining import Admission
from gateway.rooms.list_versions import Following
from gateway.rooms.membership import MembershipAsks
from gateway.rooms.sync import Syncing
from gateway.sessions.address_rates import Calls
from gateway.sessions.connection import People
from gateway.sessions.draining import drain, send_away_when_answered
from gateway.sessions.identity import Identity
from gateway.sessions.known_users import KnownUsers
from gateway.sessions.lifecycle import Reception
from gateway.sessions.rate_limits import Allowances
from gateway.sessions.shown_limits import shown_limits
from gateway.web.listeners import (
    CONNECTIONS_PER_SOCKET,
    add_pages,
    inner_app,
    keep_no_connection,
    listen,
    public_app,
    reachable_host,
)
from gateway.web.origins import origin_check
from gateway.web.proxy import Proxy
from gateway.web.status import SystemStatus, shows_secret

log = structlog.get_logger(__name__)


async def serve(
    settings: Settings, stop: asyncio.Event, *, on_listening: Callable[[int, int], None] = lambda public, inner: None
) -> None:
    """Run a gateway until it is told to stop; `on_listening` learns the two ports."""
    check_assumptions()
    settings.require("service_secret")
    assert settings.service_secret is not None  # noqa: S101 required in the line above
    secret = settings.service_secret.get_secret_value()
    gateway_id = new_gateway_id(settings)

    # What it stands on.
    users = ServiceClient("user_service", settings.user_service_url, secret)
    messages = ServiceClient("message_service", settings.message_service_url, secret)
    wake_feeds = asyncio.Event()
    workers = LeaseTable(settings.redis, kind="worker", on_change=wake_feeds.set)
    gateways = LeaseTable(settings.redis, kind="gateway", on_change=lambda: siblings.on_change())
    passes = Passes(secret)
    siblings = Siblings(gateways, own_id=gateway_id, passes=passes, on_gone=lambda gone: on_gateways_gone(gone))

    def check_everything() -> None:
        """The bus may have lost anything: compare all rooms with the log, and ask for all answers again."""
        delivery.doubt()
        commands.resend_all()
        check_people()

    def check_people() -> None:
        """Signals may have been lost: compare everybody's list of rooms, and look who is here."""
        people.doubt_all()
        presence.look_again()

    def on_gateways_gone(gateway_ids: list[str]) -> None:
        """What they had to tell when they died nobody tells; nor that their people are gone."""
        presence.on_gone(gateway_ids)
        people.doubt_all()

    bus = open_bus(settings, on_gap=check_everything)
    await bus.start()
    await workers.start()
    await gateways.start()

    # Rooms and those who listen to them.
    outflow = Outflow()
    people = People()
    catch_up = CatchUp(messages, hears=lambda room_id: bus.connected and feeds.hears(room_id))
    delivery = catch_up.delivery = Delivery(outflow, people, on_behind=catch_up.want, on_doubt=catch_up.check)
    feeds = Feeds(bus, workers, delivery)
    asks = MembershipAsks(messages, delivery)
    personal_writes = PersonalWrites(messages)
    admission = Admission(asks, delivery, people, personal_writes, tell=lambda signal: signals.send(signal))

    # Sockets and what they ask.
    identity = Identity(users)
    known_users = KnownUsers(users)
    allowances = Allowances(settings)
    calls = Calls(settings)
    commands = Commands(bus, workers, gateway_id=gateway_id)
    reception = Reception(
        identity=identity,
        known_users=known_users,
        admission=admission,
        delivery=delivery,
        people=people,
        gateway_id=gateway_id,
        limits=shown_limits(settings),
        connections_per_person=settings.connections_per_person,
    )
    presence_store = PresenceStore(settings.redis, gateway_id=gateway_id, gateways=siblings.here)
    presence = Presence(presence_store, people, outflow=outflow, send=lambda signal: signals.send(signal))
    signals = Signals(
        bus,
        gateway_id=gateway_id,
        counts=SignalCounts(on_loss=check_people),
        outflow=outflow,
        people=people,
        delivery=delivery,
        reception=reception,
        known_users=known_users,
        presence=presence,
    )
    personal = Personal(personal_writes, signals)
    room_commands = RoomCommands(
        commands, known_users=known_users, admission=admission, reception=reception, personal=personal
    )
    focus = Focus(settings.redis, gateway_id=gateway_id)
    requests = Requests(
        commands=room_commands,
        syncing=Syncing(messages, asks, catch_up),
        reading=ReadPositions(messages, signals),
        personal=personal,
        focus=focus,
        presence=presence,
        signals=signals,
        reception=reception,
        allowances=allowances,
        rooms_per_sync=settings.rooms_per_sync,
        people_per_watch=settings.people_per_watch,
    )
    application = GatewayApplication(
        reception=reception,
        requests=requests,
        commands=room_commands,
        focus=focus,
        presence=presence,
        is_open=lambda: identity.revocations.loaded and not stop.is_set(),
    )
    is_origin_allowed = origin_check(
        allowed_origins=settings.allowed_origins,
        public_origins=settings.public_origins,
        trusted_proxies=settings.trusted_proxies,
    )
    addresses = Addresses(trusted_proxies=settings.trusted_proxies, sessions_at_most=settings.connections_per_address)
    sockets = SocketServer(
        application,
        outflow=outflow,
        name=gateway_id,
        is_origin_allowed=is_origin_allowed,
        addresses=addresses,
        limits=Limits(packets_per_second=settings.packets_per_second),
    )
    UNSENT_BYTES.set_function(lambda: sockets.eio.unsent_bytes)

    async def send_away(sid: str) -> None:
        connection = getattr(sockets.eio.sockets.get(sid), "connection", None)
        if connection is not None:
            await send_away_when_answered(connection, reception)

    forwarding = Forwarding(
        siblings, answer=sockets.handle_request, send_away=send_away, passes=passes, own_id=gateway_id
    )

    async def check_ready() -> dict[str, str]:
        return {
            "identity": "ok" if identity.revocations.loaded else "revocations are not known yet",
            "draining": "ok" if not stop.is_set() else "draining",
        }

    async def follow_workers() -> None:
        while True:
            await feeds.follow_workers()
            commands.on_owners_changed()
            await wake_feeds.wait()
            wake_feeds.clear()

    async def sweep() -> None:
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            delivery.drop_quiet_tails()
            allowances.sweep()
            calls.sweep()
            addresses.sweep()

    # The doors.
    async def may_see_all(request: web.Request) -> bool:
        return shows_secret(request, secret=secret)

    proxy = Proxy(settings, secret=secret, identity=identity)
    status = SystemStatus(settings, bus=bus, workers=workers, gateways=gateways, may_see_all=may_see_all)
    app = public_app(
        settings,
        calls=calls,
        ready=check_ready,
        status=status,
        rest=RestCommands(commands, identity, allowances=allowances, gateway_id=gateway_id),
        proxy=proxy,
    )
    app.add_routes(forwarding.public_routes())
    keep_no_connection(app, when=stop.is_set)
    add_pages(app, settings)

    await bus.subscribe(commands.replies_channel, commands.on_answers)
    await bus.subscribe(SIGNALS_CHANNEL, signals.on_signals)
    await bus.subscribe(SIGNAL_BEATS_CHANNEL, signals.on_beat)
    inside = inner_app(ready=check_ready, door=forwarding.inner_routes())
    inner, inner_port = await listen(inside, host=settings.inner_host, port=settings.inner_port)
    inner_address = f"http://{reachable_host(settings)}:{inner_port}"
    lease = new_lease(gateway_id, address=passes.seal(gateway_id, inner_address))
    keeper = LeaseKeeper(settings.redis, kind="gateway", lease=lease, on_missing=presence.write_anew)
    await keeper.start()
    async with asyncio.TaskGroup() as tasks:
        running = [
            tasks.create_task(work)
            for work in (
                follow_workers(),
                feeds.watch_silence(),
                catch_up.run(),
                commands.run(),
                Following(people, asks, reception).run(),
                identity.follow(bus, on_revoked=reception.on_revoked),
                sweep(),
                focus.run(),
                presence.run(),
                presence.look(),
                signals.run(),
            )
        ]
        public, public_port = await listen(
            app,
            host=settings.host,
            port=settings.port,
            is_shared=settings.gateways > 1,
            stalled_seconds=settings.stalled_seconds,
            # A proxy of ours is one address for everybody.
            connections_per_address=0
            if settings.trusted_proxies
            else settings.connections_per_address * CONNECTIONS_PER_SOCKET,
        )
        log.info("listening", port=public_port, inner_port=inner_port, gateway=gateway_id)
        on_listening(public_port, inner_port)
        await stop.wait()
        await asyncio.gather(drain(public, people, reception), forwarding.leave())
        await asyncio.gather(*map(cancelled, running))

    await public.cleanup()
    await inner.cleanup()
    await keeper.release()
    await workers.close()
    await gateways.close()
    siblings.close()
    await presence.close()
    await signals.close()
    await focus.close()
    await bus.close()
    for closing in (users, messages, proxy, status, forwarding):
        await closing.close()


def new_gateway_id(settings: Settings) -> str:
    """Name this life of this gateway; it begins with the process's name, by which a balancer can route."""
    return f"{settings.process_name}-{secrets.token_hex(3)}"
