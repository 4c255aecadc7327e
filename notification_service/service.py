"""Runs the notification service: opens what it uses, starts its tasks and HTTP server, and closes all of it."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import chain

import structlog
from aiohttp import web

from chatflow.auth.keys import open_push_key
from chatflow.bus.opening import open_bus
from chatflow.errors import ChatFlowError
from chatflow.http.answers import Runner, answer_errors, carry_request_id
from chatflow.http.outbound import Outbound, OutboundGuard
from chatflow.http.probes import probe_routes
from chatflow.http.service_client import ServiceClient
from chatflow.jobs.opening import open_job_source
from chatflow.leases.port import LeaseTable
from chatflow.mail.opening import open_mailer
from chatflow.presence.focus_redis import FocusKeys
from chatflow.presence.keys_redis import PresenceKeys
from chatflow.presence.watchers_redis import WatcherKeys
from chatflow.process.ending import end
from chatflow.process.mail_addresses import CONSOLE_URL, mail_server_of
from chatflow.process.settings import Settings
from chatflow.process.settled_clock import SettledClock
from notification_service.channels.email.api import MailApi
from notification_service.channels.email.recipients import Recipients
from notification_service.channels.email.tokens import UnsubscribeTokens
from notification_service.channels.email.worker import MailWorker
from notification_service.channels.stories import Stories
from notification_service.channels.web_push.api import PushApi
from notification_service.channels.web_push.endings import EndedAccounts, tidy_pushes_for_ever
from notification_service.channels.web_push.sender import PushSender
from notification_service.channels.web_push.vapid import Vapid
from notification_service.channels.web_push.worker import LIVES_SECONDS, PushWorker
from notification_service.channels.webhook.api import HooksApi
from notification_service.channels.webhook.reading import HookReader
from notification_service.channels.webhook.sender import HookSender
from notification_service.channels.webhook.worker import HookWorker
from notification_service.deciding.instants import text_of
from notification_service.deciding.notices import Notice
from notification_service.deciding.preferences import without_mails
from notification_service.facts.watchers import Watchers, tell_watchers_forever
from notification_service.inbox.api import NotificationsApi
from notification_service.inbox.preferences_api import PreferencesApi
from notification_service.inbox.why_api import WhyApi
from notification_service.jobs.api import FailedJobsApi
from notification_service.jobs.counting import count_for_ever
from notification_service.jobs.decider import Decider
from notification_service.jobs.job_runner import JobRunner
from notification_service.jobs.notifier import Notifier
from notification_service.jobs.replayed_dead_letters import ReplayedDeadLetters
from notification_service.request_tokens import RequestTokens
from notification_service.stores.database import Database
from notification_service.stores.deliveries import Deliveries
from notification_service.stores.failures import Failures
from notification_service.stores.hooks import Hooks
from notification_service.stores.mails import Mails
from notification_service.stores.notices import Store
from notification_service.stores.preferences import PreferencesStore
from notification_service.stores.pushes import Pushes
from notification_service.stores.reading import NoticeReader
from notification_service.stores.subscriptions import Subscriptions
from notification_service.stores.tidying import tidy_for_ever

log = structlog.get_logger(__name__)

# How long the stop waits for jobs, and then for requests under way. A process has to end within 8 s.
GRACE_SECONDS = 2.5
BODY_BYTES_AT_MOST = 64 * 1024


async def serve(
    settings: Settings, stop: asyncio.Event, *, on_listening: Callable[[int], None] = lambda port: None
) -> None:
    """Run the service until it is told to stop; `on_listening` is called with the port."""
    settings.require("service_secret")
    assert settings.service_secret is not None  # noqa: S101 - required in the line above
    secret = settings.service_secret.get_secret_value()

    # What it uses.
    # For notices, who asks, pushes, mails and webhooks: none of them waits in line behind a large room's other ones.
    database, front, pushes, mails, hooked = (Database() for _ in range(5))
    store, preferences = Store(database), PreferencesStore(database)
    front_inbox, front_store, front_preferences = NoticeReader(front), Store(front), PreferencesStore(front)
    users = ServiceClient("user_service", settings.user_service_url, secret)
    messages = ServiceClient("message_service", settings.message_service_url, secret)
    # The bus carries only wake-ups to this service, so nothing has to be done where some are lost.
    bus = open_bus(settings, on_gap=lambda: None)
    await bus.start()
    gateways = LeaseTable(settings.redis, kind="gateway", on_change=lambda: None)
    await gateways.start()
    focus = FocusKeys(settings.redis, gateways=lambda: gateways.live)
    presence = PresenceKeys(settings.redis, gateways=lambda: gateways.live)
    watcher_keys = WatcherKeys(settings.redis)
    source = open_job_source(settings, bus=bus, message_service=messages)
    await source.start()

    # Web push.
    outbound = Outbound(OutboundGuard(settings.outbound_allowed))
    origin = next(iter(settings.public_origins), "")
    contact = next((one for one in settings.public_origins if one.startswith("https:")), "https://localhost")
    vapid = Vapid(open_push_key(settings.push_key), contact=contact)
    sender = PushSender(outbound, vapid)
    deliveries, subscriptions = Pushes(pushes), Subscriptions(pushes)
    withholding = PreferencesStore(pushes).withholding_text
    stories = Stories(
        messages=messages, users=users, withholding=withholding, rooms_that_call=deliveries.rooms_that_call
    )
    push_worker = PushWorker(pushes=deliveries, stories=stories, sender=sender, site=origin)
    ended = EndedAccounts(subscriptions)

    # E-mail. What was owed while there was a mail server is mailed also without one: into the data folder.
    sends_mails = mail_server_of(settings.mail_url or CONSOLE_URL) is not None
    mailer, links, recipients = open_mailer(settings), UnsubscribeTokens(secret), Recipients(users)
    mail_preferences = PreferencesStore(mails)
    mail_worker = MailWorker(
        mails=Mails(mails),
        stories=Stories(messages=messages, users=users, withholding=mail_preferences.withholding_text),
        wishes=mail_preferences.of,
        recipients=recipients.of,
        mailer=mailer,
        tokens=links,
        site=settings.link_origin,
    )
    front_mails = Mails(front)

    async def look_at_mails(user_id: str) -> None:
        await front_mails.look_again(user_id, now=datetime.now(UTC))
        mail_worker.wake()

    async def end_mails(user_id: str) -> None:
        await front_preferences.change(user_id, without_mails, now=text_of(datetime.now(UTC)))
        await look_at_mails(user_id)

    owed_pushes, owed_mails = Pushes(database), Mails(database)

    async def owe(notices: Sequence[Notice]) -> None:
        now = datetime.now(UTC)
        expires_at = text_of(now + timedelta(seconds=LIVES_SECONDS))
        if await owed_pushes.owe(notices, now=text_of(now), expires_at=expires_at):
            push_worker.wake()
        if sends_mails:
            wishes = await preferences.of(sorted({notice.user_id for notice in notices}))
            await owed_mails.owe(notices, wishes={person: wish.email for person, wish in wishes.items()}, now=now)

    # The tasks that run all the time.
    tokens = RequestTokens(users, on_facts=ended.note)
    decider = Decider(
        preferences=preferences,
        watchers=Watchers(preferences),
        message_service=messages,
        in_focus=focus.among,
        presence=presence.find,
        blocks=tokens.facts.blocks,
    )
    notifier = Notifier(message_service=messages, decider=decider, store=store, owe=owe, bus=bus)

    async def tell_of_hook(notice: Notice) -> None:
        await owe([notice])
        await notifier.tell([notice])

    # Outgoing webhooks, with connections of their own, which slow ones may use up.
    hooks_outbound = Outbound(outbound.guard)
    hook_reader, hook_sender = HookReader(messages), HookSender(hooks_outbound)
    hook_worker = HookWorker(
        hooks=Hooks(hooked),
        reader=hook_reader,
        sender=hook_sender,
        tell=tell_of_hook,
        is_deactivated=tokens.facts.is_deactivated,
    )

    failures, front_failures = Failures(database), Failures(front)
    replayed = ReplayedDeadLetters(failures)
    jobs = JobRunner(sources=[source, replayed], do=notifier.do, failures=failures)

    async def run_jobs() -> None:
        # Nobody is told of anything before it is known whom they block. Afterwards what is known counts.
        await tokens.loaded.wait()
        await jobs.run()

    async def run_hooks() -> None:
        # Nothing is sent for anybody before it is known who was deactivated.
        await tokens.loaded.wait()
        await hook_worker.run()

    clock = SettledClock(grace_seconds=settings.retention_grace_seconds)
    tidying = tidy_for_ever(store, grown=notifier.grown, clock=clock)
    tidying_pushes = tidy_pushes_for_ever(
        deliveries,
        subscriptions,
        unheard_days=settings.refresh_token_days,
        clock=SettledClock(grace_seconds=settings.retention_grace_seconds),
    )
    tasks = [
        asyncio.create_task(run_jobs(), name="jobs"),
        asyncio.create_task(tokens.follow(bus), name="account facts"),
        asyncio.create_task(tidying, name="tidying"),
        asyncio.create_task(count_for_ever(front_failures), name="counting"),
        # By the connection of who asks, so that no large room's notices keep it waiting.
        asyncio.create_task(tell_watchers_forever(Watchers(front_preferences), watcher_keys), name="watchers"),
        asyncio.create_task(push_worker.run(), name="pushes"),
        asyncio.create_task(mail_worker.run(), name="mails"),
        asyncio.create_task(run_hooks(), name="webhooks"),
        asyncio.create_task(ended.run(), name="ended accounts"),
        asyncio.create_task(tidying_pushes, name="tidying of pushes"),
    ]

    # The HTTP server.
    async def check_ready() -> dict[str, str]:
        return {
            "database": await state_of_database(front_preferences),
            "bus": "ok" if bus.connected else "not connected to Redis",
            "facts": "ok" if tokens.facts.loaded else "the facts about accounts are not loaded yet",
            "jobs": source.state,
        }

    front_deliveries = Deliveries(front)
    api = NotificationsApi(tokens=tokens, inbox=front_inbox, store=front_store, deliveries=front_deliveries, bus=bus)
    inner = FailedJobsApi(failures=front_failures, secret=secret, on_replay=replayed.wake)
    wishes = PreferencesApi(tokens=tokens, preferences=front_preferences, on_email=look_at_mails)
    whys = WhyApi(
        tokens=tokens,
        inbox=front_inbox,
        preferences=front_preferences,
        deliveries=front_deliveries,
        message_service=messages,
        blocks=tokens.facts.blocks,
    )
    push_api = PushApi(
        tokens=tokens,
        subscriptions=Subscriptions(front),
        sender=sender,
        guard=outbound.guard,
        public_key=vapid.public_key,
        site=origin,
    )
    mail_api = MailApi(tokens=tokens, links=links, recipients=recipients, sends=sends_mails, end=end_mails)
    hooks_api = HooksApi(
        tokens=tokens, hooks=Hooks(front), reader=hook_reader, sender=hook_sender, guard=outbound.guard
    )
    apis = (api, wishes, whys, push_api, mail_api, hooks_api, inner)
    app = web.Application(middlewares=[carry_request_id, answer_errors], client_max_size=BODY_BYTES_AT_MOST)
    app.add_routes([*probe_routes(ready=check_ready), *chain.from_iterable(one.routes() for one in apis)])
    runner = Runner(app, access_log=None, shutdown_timeout=GRACE_SECONDS)
    await runner.setup()
    site = web.TCPSite(runner, settings.host, settings.port)
    await site.start()
    on_listening(runner.addresses[0][1])
    log.info("listening", port=runner.addresses[0][1])

    await until_told_or_broken(stop, tasks)
    workers = (push_worker, mail_worker, hook_worker)

    # What is under way gets a moment to end. If it is cut off, jobs, pushes and mails come again.
    with suppress(TimeoutError):
        async with asyncio.timeout(GRACE_SECONDS):
            await asyncio.gather(jobs.finish(), *(worker.finish() for worker in workers))
    for worker in workers:
        worker.cancel()
    await end(*tasks)
    await runner.cleanup()
    await source.close()
    await focus.close()
    await presence.close()
    await watcher_keys.close()
    await gateways.close()
    await bus.close()
    await users.close()
    await messages.close()
    await outbound.close()
    await mailer.close()
    await hooks_outbound.close()
    await database.close()
    await front.close()
    await pushes.close()
    await mails.close()
    await hooked.close()


async def until_told_or_broken(stop: asyncio.Event, tasks: list[asyncio.Task[None]]) -> None:
    """Wait until the service is told to stop. A task that ends before that is a bug, and its error is raised."""
    told = asyncio.create_task(stop.wait())
    await asyncio.wait([told, *tasks], return_when=asyncio.FIRST_COMPLETED)
    told.cancel()
    for task in tasks:
        if task.done():
            task.result()


async def state_of_database(preferences: PreferencesStore) -> str:
    try:
        await preferences.of(["nobody"])
    except ChatFlowError as error:
        return error.message
    return "ok"
