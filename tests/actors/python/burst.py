"""The stock Python client of whatever version is on the path: like `../js/burst.js`, in one line of JSON."""

import asyncio
import json
import sys
from importlib.metadata import version

import socketio


async def main() -> None:
    url, transports, count = sys.argv[1], sys.argv[2].split(","), int(sys.argv[3])
    client = socketio.AsyncClient(reconnection=False)
    await client.connect(url, transports=transports)
    bursts = [await burst(client, count) for _ in range(2)]
    told = {"version": version("python-socketio"), "transport": client.transport(), "bursts": bursts}
    sys.stdout.write(json.dumps(told))
    await client.disconnect()


async def burst(client: socketio.AsyncClient, count: int) -> dict[str, list[int]]:
    came: dict[str, list[int]] = {"messages": [], "acks": []}
    complete = asyncio.Event()

    def take(kind: str, number: int) -> None:
        came[kind].append(number)
        if all(len(numbers) == count for numbers in came.values()):
            complete.set()

    client.on("message-back", lambda number: take("messages", number))
    for number in range(count):
        await client.emit("message", number)
        await client.emit("message-with-ack", number, callback=lambda answer: take("acks", answer))
    await complete.wait()
    return came


asyncio.run(main())
