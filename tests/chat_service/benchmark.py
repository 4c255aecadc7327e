"""What a message costs a worker: `python -m tests.chat_service.benchmark`, the store in a process of its own."""

import asyncio
import multiprocessing
import sys
import time
from multiprocessing.connection import Connection

import msgspec
import uvloop

from chat_service.room_log import RoomLog
from chat_service.worker import Worker
from chatflow.auth.account_facts.replica import AccountFacts
from chatflow.http.service_client import ServiceClient
from chatflow.leases.port import new_lease
from chatflow.protocol.commands import JoinRoom
from chatflow.wire.bus import Answers, Command
from chatflow.wire.outbox import CONSUMERS
from tests.chat_service.edges import Gateway, MemoryBus, Offers
from tests.chat_service.fake_store import FakeStore
from tests.chat_service.people import founding, saying

ROOMS, SENDERS, OUTSTANDING, MESSAGES = 20, 50, 20, 60_000
TEXT = "a line of about one hundred and twenty bytes, as people write them, with neither mentions nor code in it at all"


def serve(pipe: Connection) -> None:
    async def main() -> None:
        async with FakeStore().serving() as store:
            pipe.send(store.url)
            await asyncio.to_thread(pipe.recv)

    uvloop.run(main())


async def measure(url: str) -> float:
    """Return the worker's microseconds of CPU for each message, the store's and the gateway's left out."""
    bus = MemoryBus()
    client = ServiceClient("message_service", url, "s" * 32)
    worker = Worker(
        bus=bus,
        jobs=dict.fromkeys(CONSUMERS, Offers()),
        room_log=RoomLog(client),
        lease=new_lease("w1"),
        has_lease=lambda: True,
        own_partitions=list,
        owners_changed=asyncio.Event(),
        blocked=AccountFacts(),
        edit_window_seconds=3600,
    )
    await worker.listen()
    running = asyncio.create_task(worker.run())
    gateway = Gateway(bus)
    await gateway.listen("w1")
    batches = await prepare(gateway)
    bus.listeners = {channel: on for channel, on in bus.listeners.items() if channel.startswith("commands.")}
    done = asyncio.Event()
    answered = 0
    outside = 0.0

    def on_answers(payload: bytes) -> None:
        nonlocal answered, outside
        begun = time.thread_time()
        answered += len(msgspec.msgpack.decode(payload, type=Answers).replies)
        bus.log.clear()
        sendable = min(len(batches), (answered - sent[0]) // OUTSTANDING + SENDERS)
        outside += time.thread_time() - begun
        for _ in range(sendable):
            sent[0] += OUTSTANDING
            loop.call_soon(bus.publish, "commands.w1", batches.pop())
        if answered >= MESSAGES:
            done.set()

    loop = asyncio.get_running_loop()
    sent = [0]
    bus.listeners[gateway.channel] = [on_answers]
    begun, begun_at = time.thread_time(), time.monotonic()
    for _ in range(SENDERS):
        sent[0] += OUTSTANDING
        bus.publish("commands.w1", batches.pop())
    await done.wait()
    spent, lasted = time.thread_time() - begun - outside, time.monotonic() - begun_at
    running.cancel()
    await client.close()
    sys.stdout.write(f"{MESSAGES / lasted:.0f} messages/s, ")
    return spent / MESSAGES * 1e6


async def prepare(gateway: Gateway) -> list[bytes]:
    """Make the rooms, and all commands beforehand, newest first."""
    people = [f"00000000-0000-4000-8000-{number:012}" for number in range(SENDERS)]
    room_ids = []
    for _ in range(ROOMS):
        room_id, founded = founding(people[0])
        await gateway.ask(gateway.command(people[0], room_id, founded))
        await gateway.ask(*(gateway.command(person, room_id, JoinRoom(room_id=room_id)) for person in people[1:]))
        room_ids.append(room_id)
    batches = []
    for count in range(MESSAGES // OUTSTANDING):
        person, room_id = people[count % SENDERS], room_ids[count % ROOMS]
        batch: list[Command] = []
        for _ in range(OUTSTANDING):
            floor = max(1, gateway.numbers.get(f"{person}/{room_id}", 0) - OUTSTANDING)
            batch.append(gateway.command(person, room_id, saying(room_id, TEXT), floor=floor, seconds=120))
        batches.append(msgspec.msgpack.encode(batch))
    return batches[::-1]


if __name__ == "__main__":
    here, there = multiprocessing.Pipe()
    store = multiprocessing.Process(target=serve, args=(there,))
    store.start()
    sys.stdout.write(f"{uvloop.run(measure(here.recv())):.1f} µs of CPU a message\n")
    here.send(None)
    store.join()
