"""Starts a chat worker: `python -m chat_service`."""

import asyncio
from functools import partial
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from chat_service.deciding.told_blocks import ToldBlocks
from chat_service.deciding.watched_rooms import WatchedRooms
from chat_service.ownership.outbox_relay import offer_owed_forever, partitions_of
from chat_service.ownership.retention import trim_forever
from chat_service.room_log import RoomLog
from chat_service.worker import Worker
from chatflow.auth.account_facts.poller import follow_facts
from chatflow.auth.account_facts.replica import AccountFacts
from chatflow.bus.opening import open_bus
from chatflow.http.answers import Runner
from chatflow.http.probes import probe_routes
from chatflow.http.service_client import ServiceClient
from chatflow.jobs.opening import open_job_queues
from chatflow.leases.port import LeaseKeeper, LeaseTable, new_lease
from chatflow.presence.watchers_redis import WatcherKeys
from chatflow.process.ending import end
from chatflow.process.processes import run_service
from chatflow.process.settings import Settings
from chatflow.wire.bus import FACTS_CHANNEL

log = structlog.get_logger(__name__)

# A worker that starts while user_service is away takes commands after this time all the same.
BLOCKS_WITHIN_SECONDS = 10.0
# A new keyword holds within this time, and within as much again where it is told.
WATCHERS_SECONDS = 1.0


async def main(settings: Settings, stop: asyncio.Event) -> None:
    settings.require("service_secret")
    assert settings.service_secret is not None  # noqa: S101 - required above
    secret = settings.service_secret.get_secret_value()
    lease = new_lease(settings.process_name)

    bus = open_bus(settings, on_gap=lambda: log.info("commands may be lost; the gateways send them again"))
    await bus.start()
    jobs = open_job_queues(settings, bus=bus)
    for queue in jobs.values():
        await queue.start()
    message_service = ServiceClient("message_service", settings.message_service_url, secret)
    user_service = ServiceClient("user_service", settings.user_service_url, secret)
    room_log = RoomLog(message_service)
    facts, facts_loaded = AccountFacts("block"), asyncio.Event()
    owners_changed = asyncio.Event()
    keeper = LeaseKeeper(settings.redis, kind="worker", lease=lease, on_valid=owners_changed.set)
    workers = LeaseTable(settings.redis, kind="worker", on_change=owners_changed.set)
    own_partitions = partial(partitions_of, workers, lease)
    watchers = WatcherKeys(settings.redis)
    worker = Worker(
        bus=bus,
        jobs=jobs,
        room_log=room_log,
        lease=lease,
        has_lease=lambda: keeper.is_valid,
        own_partitions=own_partitions,
        owners_changed=owners_changed,
        blocked=ToldBlocks(facts),
        edit_window_seconds=settings.edit_window_seconds,
        watched=WatchedRooms(lambda: watchers.user_ids),
    )

    async def ready() -> dict[str, str]:
        return {
            "bus": "ok" if bus.connected else "lost",
            "facts": "ok" if facts.loaded else "the facts about accounts are not loaded yet",
            "lease": "ok" if keeper.is_valid else "not valid",
        }

    def note_loaded(_: object) -> None:
        if facts.loaded:
            facts_loaded.set()

    async def follow() -> None:
        wake = asyncio.Event()
        await bus.subscribe(FACTS_CHANNEL, lambda _: wake.set())
        await follow_facts(facts, get=user_service.get_json, on_facts=note_loaded, wake=wake)

    async def work(tasks: asyncio.TaskGroup) -> list[asyncio.Task[None]]:
        # Gateways may send commands as soon as they see the lease, so the worker must listen before.
        await worker.listen()
        await keeper.start()
        await workers.start()
        log.info("taking commands", worker_id=lease.id, epoch=lease.epoch)
        running = [
            tasks.create_task(worker.run()),
            tasks.create_task(trim_forever(room_log, bus, worker_id=lease.id, own_partitions=own_partitions)),
        ]
        if urlsplit(settings.job_queue_url).scheme != "log":
            # With `log`, the log itself is the queue, so no job can be lost between the two.
            running.append(tasks.create_task(offer_owed_forever(room_log, jobs, workers=workers, lease=lease)))
        return running

    site = await open_site(settings, probe_routes(ready=ready))
    try:
        async with asyncio.TaskGroup() as tasks:
            background = [tasks.create_task(follow()), tasks.create_task(read_watchers_forever(watchers))]
            await first_of(facts_loaded, stop, within_seconds=BLOCKS_WITHIN_SECONDS)
            if not facts_loaded.is_set() and not stop.is_set():
                log.warning("nobody says who blocks whom: what depends on it is answered unavailable until then")
            if not stop.is_set():
                background += await work(tasks)
                await stop.wait()
                await worker.finish()
                await keeper.release()
            await end(*background)
    finally:
        await site.cleanup()
        for queue in jobs.values():
            await queue.close()
        await workers.close()
        await watchers.close()
        await bus.close()
        await message_service.close()
        await user_service.close()


async def read_watchers_forever(watchers: WatcherKeys) -> None:
    while True:
        await watchers.read()
        await asyncio.sleep(WATCHERS_SECONDS)


async def first_of(*events: asyncio.Event, within_seconds: float) -> None:
    waits = [asyncio.create_task(event.wait()) for event in events]
    await asyncio.wait(waits, timeout=within_seconds, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()


async def open_site(settings: Settings, routes: list[web.RouteDef]) -> web.AppRunner:
    app = web.Application()
    app.add_routes(routes)
    runner = Runner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, settings.host, settings.port).start()
    return runner


if __name__ == "__main__":
    run_service(main, service="chat_service")
