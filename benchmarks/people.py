"""People and rooms for a measurement, made by the public protocol alone."""

import asyncio
from dataclasses import dataclass

import aiohttp
import socketio

PASSWORD_LENGTH = 24
# Argon2 runs two at a time; more would only queue.
SIGN_UPS_AT_ONCE = 4


@dataclass(frozen=True)
class Person:
    id: str
    name: str
    access: str


async def sign_up(base_url: str, count: int, *, password: str, prefix: str = "load") -> list[Person]:
    """Register people; each takes a password hash, so it is done a few at a time."""
    gate = asyncio.Semaphore(SIGN_UPS_AT_ONCE)
    async with aiohttp.ClientSession(base_url) as session:

        async def register(number: int) -> Person:
            account = {"username": f"{prefix}-{number}", "password": password}
            async with gate, session.post("/api/users", json=account) as response:
                answer = await response.json()
                if response.status != 201:
                    raise RuntimeError(f"registering failed: {answer}")
                return Person(id=answer["user"]["id"], name=account["username"], access=answer["access"])

        return list(await asyncio.gather(*(register(number) for number in range(count))))


async def found_rooms(
    base_url: str, people: list[Person], *, rooms: int, sockets_per_room: int
) -> dict[str, list[str]]:
    """Create rooms and return, per person's access token, the rooms joined; everyone is in equally many."""
    joined: dict[str, list[str]] = {person.access: [] for person in people}
    members = [
        [people[(room * sockets_per_room + place) % len(people)] for place in range(sockets_per_room)]
        for room in range(rooms)
    ]
    for number, group in enumerate(members):
        async with connected(base_url, group[0]) as founder:
            ids = [person.id for person in group[1:]]
            answer = await founder.call(
                "room:create", {"cid": f"room-{number}", "kind": "group", "name": f"Room {number}", "members": ids}
            )
            if not answer["ok"]:
                raise RuntimeError(f"creating a room failed: {answer}")
        for person in group:
            joined[person.access].append(answer["room"]["id"])
    return joined


class connected:
    """A stock client's connection, for as long as the block lasts."""

    def __init__(self, base_url: str, person: Person) -> None:
        self._base_url = base_url
        self._person = person
        self._client = socketio.AsyncClient(reconnection=False)

    async def __aenter__(self) -> socketio.AsyncClient:
        ready = asyncio.Event()
        self._client.on("ready", lambda _: ready.set())
        await self._client.connect(self._base_url, auth={"token": self._person.access}, transports=["websocket"])
        await asyncio.wait_for(ready.wait(), 10)
        return self._client

    async def __aexit__(self, *_: object) -> None:
        await self._client.disconnect()
