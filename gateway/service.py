"""Composes the gateway from its parts, starts it, and shuts it down."""

import asyncio
from collections.abc import Callable

import structlog
from aiohttp import web

from chatflow.bus.opening import open_bus
from chatflow.http.service_client import ServiceClient
from chatflow.leases.port import LeaseKeeper, LeaseTable, new_lease
from chatflow.process.ending import end
from chatflow.process.settings import Settings
from chatflow.wire.bus import SIGNAL_BEATS_CHANNEL, SIGNALS_CHANNEL, PresenceChanged, TypingChanged, UserChanged
from gateway.callbacks import Callbacks
from gateway.cluster.forwarding import Forwarding
from gateway.cluster.passes import Passes
from gateway.cluster.siblings import Siblings, new_gateway_id
from gateway.commands.application import GatewayApplication
from gateway.commands.dispatch import Dispatch
from gateway.commands.inbox_done import InboxItems
from gateway.commands.rest_commands import RestCommands
from gateway.commands.sender import CommandSender
from gateway.commands.socket_commands import SocketCommands
from gateway.delivery.catch_up import CatchUp, Missing
from gateway.delivery.delivery import SWEEP_SECONDS, Delivery
from gateway.delivery.profiles import Profiles
from gateway.delivery.signal_counts import SignalCounts
from gateway.delivery.signals import Signals, SignalSender
from gateway.delivery.worker_feeds import WorkerFeeds
from gateway.engine.addresses import Addresses
from gateway.engine.assumptions import check_assumptions
from gateway.engine.limits import Limits
from gateway.engine.outbound import Outbound
from gateway.engine.sockets import SocketServer
from gateway.metrics import UNSENT_BYTES
from gateway.personal.preferences import Preferences
from gateway.personal.read_positions import ReadPositions
from gateway.personal.writes import PersonalWrites
from gateway.presence.focus import FocusedRooms
from gateway.presence.presence import Presence
from gateway.presence.store_redis import PresenceStore
from gateway.presence.typing import Typists
from gateway.rooms.hidden_rooms import HiddenRooms
from gateway.rooms.joining import Joining
from gateway.rooms.list_versions import ListVersions
from gateway.rooms.membership import Membership
from gateway.rooms.sync import RoomSync
from gateway.sessions.address_rates import AddressRates
from gateway.sessions.client_tokens import ClientTokens
from gateway.sessions.connection import Connections
from gateway.sessions.draining import drain, send_away_when_answered
from gateway.sessions.known_users import KnownUsers
from gateway.sessions.lifecycle import Lifecycle
from gateway.sessions.rate_limits import RateLimits
from gateway.sessions.shown_limits import shown_limits
from gateway.web.documents import Documents
from gateway.web.listeners import (
    CONNECTIONS_PER_SOCKET,
    add_pages,
    inner_app,
    keep_no_connection,
    listen,
    public_app,
    reachable_host,
    stop_accepting,
)
from gateway.web.origins import origin_check
from gateway.web.proxy import Proxy
from gateway.web.status import SystemStatus, shows_secret

log = structlog.get_logger(__name__)


async def serve(
    settings: Settings, stop: asyncio.Event, *, on_listening: Callable[[int, int], None] = lambda public, inner: None
) -> None:
    """Run a gateway until `stop` is set; `on_listening` is called with the public and the inner port."""
    check_assumptions()
    settings.require("service_secret")
    assert settings.service_secret is not None  # noqa: S101 required in the line above
    secret = settings.service_secret.get_secret_value()
    gateway_id = new_gateway_id(settings.process_name)

    # Foundations. Parts that must know of a loss are added to these callbacks after they are made.
    gaps = Callbacks[[]]()
    workers_changed = asyncio.Event()
    gateways_changed = Callbacks[[]]()
    gateways_gone = Callbacks[[list[str]]]()
    users = ServiceClient("user_service", settings.user_service_url, secret)
    messages = ServiceClient("message_service", settings.message_service_url, secret)
    bus = open_bus(settings, on_gap=gaps)
    workers = LeaseTable(settings.redis, kind="worker", on_change=workers_changed.set)
    gateways = LeaseTable(settings.redis, kind="gateway", on_change=gateways_changed)
    passes = Passes(secret)
    siblings = Siblings(gateways, own_id=gateway_id, passes=passes, on_gone=gateways_gone)
    gateways_changed.add(siblings.on_change)

    # Connections.
    outbound = Outbound()
    connections = Connections()
    tokens = ClientTokens(users)
    known_users = KnownUsers(users)
    rate_limits = RateLimits(settings)
    address_rates = AddressRates(settings)

    # Rooms and their listeners. Rooms that may have lost events on the bus are compared with the log.
    missing = Missing()
    delivery = Delivery(outbound, connections, on_behind=missing.fetch_soon, on_recheck=missing.recheck)
    feeds = WorkerFeeds(bus, workers, delivery)
    catch_up = CatchUp(messages, missing, delivery, receives=lambda room_id: bus.connected and feeds.receives(room_id))
    sender = SignalSender(bus, gateway_id=gateway_id)
    membership = Membership(messages, delivery)
    personal_writes = PersonalWrites(messages)
    joining = Joining(
        membership,
        delivery,
        HiddenRooms(delivery, connections),
        connections,
        show_again=personal_writes.show_again,
        publish=sender.send,
    )
    lifecycle = Lifecycle(
        tokens=tokens,
        known_users=known_users,
        rooms=joining,
        connections=connections,
        gateway_id=gateway_id,
        limits=shown_limits(settings),
        connections_per_person=settings.connections_per_person,
    )

    # Presence, and signals, which are messages without a seq.
    presence_store = PresenceStore(settings.redis, gateway_id=gateway_id, gateways=siblings.here)
    presence = Presence(presence_store, connections, outbound=outbound, send=sender.send)
    typists = Typists(delivery, outbound, send=sender.send)
    focus = FocusedRooms(settings.redis, gateway_id=gateway_id)
    losses = Callbacks[[]]()
    losses.add(connections.recheck_all, presence.read_again)
    profiles = Profiles(tokens.facts, outbound=outbound, connections=connections, known_users=known_users)
    signals = Signals(
        counts=SignalCounts(on_loss=losses),
        outbound=outbound,
        connections=connections,
        delivery=delivery,
        lifecycle=lifecycle,
        handlers={TypingChanged: typists.on_changed, PresenceChanged: presence.on_changed, UserChanged: profiles.take},
    )
    tokens.on_facts.add(lifecycle.on_facts, profiles.on_facts)

    # Commands and requests from sockets.
    commands = CommandSender(bus, workers, gateway_id=gateway_id)
    preferences = Preferences(personal_writes, sender)
    socket_commands = SocketCommands(
        commands, known_users=known_users, joining=joining, lifecycle=lifecycle, preferences=preferences
    )
    dispatch = Dispatch(
        commands=socket_commands,
        room_sync=RoomSync(messages, delivery, membership, catch_up),
        reading=ReadPositions(messages, sender, signals.read_order),
        preferences=preferences,
        focus=focus,
        presence=presence,
        typists=typists,
        lifecycle=lifecycle,
        rate_limits=rate_limits,
        rooms_per_sync=settings.rooms_per_sync,
        people_per_watch=settings.people_per_watch,
    )
    application = GatewayApplication(
        lifecycle=lifecycle,
        dispatch=dispatch,
        commands=socket_commands,
        focus=focus,
        presence=presence,
        is_open=lambda: tokens.facts.loaded and not stop.is_set(),
    )

    # A gap of the bus may lose anything. A dead gateway has not told its last changes, nor that its people are gone.
    gaps.add(delivery.recheck, commands.resend_all, losses)
    gateways_gone.add(presence.on_gone, lambda gone: connections.recheck_all())
    is_origin_allowed = origin_check(
        allowed_origins=settings.allowed_origins,
        public_origins=settings.public_origins,
        trusted_proxies=settings.trusted_proxies,
    )
    addresses = Addresses(trusted_proxies=settings.trusted_proxies, sessions_at_most=settings.connections_per_address)
    sockets = SocketServer(
        application,
        outbound=outbound,
        name=gateway_id,
        is_origin_allowed=is_origin_allowed,
        addresses=addresses,
        limits=Limits(packets_per_second=settings.packets_per_second),
    )
    UNSENT_BYTES.set_function(lambda: sockets.eio.unsent_bytes)

    async def send_away(sid: str) -> None:
        connection = getattr(sockets.eio.sockets.get(sid), "connection", None)
        if connection is not None:
            await send_away_when_answered(connection, lifecycle)

    forwarding = Forwarding(
        siblings, answer=sockets.handle_request, send_away=send_away, passes=passes, own_id=gateway_id
    )

    async def check_ready() -> dict[str, str]:
        known = "ok" if tokens.facts.loaded else "the facts about accounts are not loaded yet"
        return {"identity": known, "draining": "ok" if not stop.is_set() else "draining"}

    async def follow_workers() -> None:
        while True:
            await feeds.follow_workers()
            commands.on_owners_changed()
            await workers_changed.wait()
            workers_changed.clear()

    async def sweep() -> None:
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            delivery.drop_quiet_tails()
            rate_limits.sweep()
            address_rates.sweep()
            addresses.sweep()

    # The HTTP applications.
    async def may_see_all(request: web.Request) -> bool:
        return shows_secret(request, secret=secret)

    proxy = Proxy(settings, secret=secret, tokens=tokens)
    status = SystemStatus(settings, bus=bus, workers=workers, gateways=gateways, may_see_all=may_see_all)
    rest_commands = RestCommands(
        commands, tokens, InboxItems(messages, sender), rate_limits=rate_limits, gateway_id=gateway_id
    )
    app = public_app(
        settings,
        address_rates=address_rates,
        ready=check_ready,
        routes=[*status.routes(), *rest_commands.routes(), *Documents().routes(), *forwarding.public_routes()],
        proxy=proxy,
    )
    keep_no_connection(app, when=stop.is_set)
    add_pages(app, settings)

    # From here on it receives from other processes.
    await bus.start()
    await workers.start()
    await gateways.start()
    await bus.subscribe(commands.replies_channel, commands.on_answers)
    await bus.subscribe(SIGNALS_CHANNEL, signals.on_signals)
    await bus.subscribe(SIGNAL_BEATS_CHANNEL, signals.on_beat)
    inside = inner_app(ready=check_ready, door=forwarding.inner_routes())
    inner, inner_port = await listen(inside, host=settings.inner_host, port=settings.inner_port)
    lease = new_lease(gateway_id, address=passes.seal(gateway_id, f"http://{reachable_host(settings)}:{inner_port}"))
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
                ListVersions(connections, membership, lifecycle).run(),
                tokens.follow(bus),
                sweep(),
                focus.run(),
                presence.run(),
                presence.read_missed_forever(),
                sender.run(),
            )
        ]
        public, public_port = await listen(
            app,
            host=settings.host,
            port=settings.port,
            is_shared=settings.gateways > 1,
            stalled_seconds=settings.stalled_seconds,
            # Behind a proxy of ours all connections come from one address.
            connections_per_address=0
            if settings.trusted_proxies
            else settings.connections_per_address * CONNECTIONS_PER_SOCKET,
        )
        log.info("listening", port=public_port, inner_port=inner_port, gateway=gateway_id)
        on_listening(public_port, inner_port)
        await stop.wait()
        stop_accepting(public)
        await asyncio.gather(drain(connections, lifecycle), forwarding.leave())
        await end(*running)

    await public.cleanup()
    await inner.cleanup()
    await keeper.release()
    await workers.close()
    await gateways.close()
    siblings.close()
    await presence.close()
    await profiles.close()
    await focus.close()
    await bus.close()
    for closing in (users, messages, proxy, status, forwarding):
        await closing.close()
