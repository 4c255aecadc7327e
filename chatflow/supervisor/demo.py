"""Fills a fresh installation with two people, three rooms and some history, as a client, and prints their sign-in.

Run as `python -m chatflow.supervisor.demo <url> <file for the passwords>`. Every command has a fixed cid, so that a run
that was cut off is completed by the next one, and one that was completed is not repeated.
"""

import asyncio
import json
import os
import secrets
import sys
from http import HTTPStatus
from pathlib import Path
from typing import Any

import aiohttp
import socketio

from chatflow.supervisor.demo_story import PEOPLE, ROOMS, DemoMessage

ANSWER_WITHIN_SECONDS = 10


class DemoFailed(Exception):
    """Says in one line why the installation was not filled in."""


def main() -> None:
    url, path = sys.argv[1], Path(sys.argv[2])
    memory = recall(path)
    try:
        if not memory["filled"]:
            asyncio.run(fill(url, memory["passwords"]))
            remember(path, {**memory, "filled": True})
    except (DemoFailed, aiohttp.ClientError, socketio.exceptions.SocketIOError, TimeoutError) as error:
        sys.exit(f"the demo could not be filled in: {error or type(error).__name__}")
    for username, password in memory["passwords"].items():
        sys.stdout.write(f"sign in as {username} with the password {password}\n")


def recall(path: Path) -> dict[str, Any]:
    """Return what an earlier run wrote down; if there was none, make new passwords."""
    if path.exists():
        memory: dict[str, Any] = json.loads(path.read_bytes())
        return memory
    memory = {"filled": False, "passwords": {username: secrets.token_urlsafe(9) for username in PEOPLE}}
    # Written before anybody is registered, so that no password is lost.
    remember(path, memory)
    return memory


def remember(path: Path, memory: dict[str, Any]) -> None:
    fresh = path.with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(memory, file, indent=2)
    fresh.replace(path)


async def fill(url: str, passwords: dict[str, str]) -> None:
    """Register the people, make the rooms and let them talk."""
    async with aiohttp.ClientSession(url) as session:
        people = {name: await Person.arrive(session, url, name, password) for name, password in passwords.items()}
    try:
        for number, room in enumerate(ROOMS):
            room_id = await open_room(people, number)
            for position, message in enumerate(room.messages):
                await people[message.sender].say(room_id, message, cid=f"demo-{number}-{position}", people=people)
    finally:
        for person in people.values():
            await person.leave()


async def open_room(people: dict[str, "Person"], number: int) -> str:
    """Return the id of a room that everybody is in."""
    room = ROOMS[number]
    founder, *others = people.values()
    if room.name is None:
        answer = await founder.ask("room:direct", user_ids=[other.id for other in others])
    else:
        made = {"kind": room.kind, "name": room.name, "topic": room.topic}
        members = [] if room.kind == "channel" else [other.id for other in others]
        answer = await founder.ask("room:create", cid=f"demo-{number}", members=members, **made)
    room_id: str = answer["room"]["id"]
    if room.kind == "channel":
        for other in others:
            await other.ask("room:join", room_id=room_id)
    return room_id


class Person:
    """Somebody of the story, connected."""

    def __init__(self, user: dict[str, Any], client: socketio.AsyncClient) -> None:
        self.id: str = user["id"]
        self._client = client

    @classmethod
    async def arrive(cls, session: aiohttp.ClientSession, url: str, username: str, password: str) -> "Person":
        profile = {"username": username, "password": password, "display_name": PEOPLE[username]}
        async with session.post("/api/users", json=profile) as response:
            answer = await response.json()
            status = response.status
        if status == HTTPStatus.CONFLICT:
            # Registered by an earlier run that was cut off, whose passwords we have; or the name is somebody else's.
            async with session.post("/api/auth/login", json={"login": username, "password": password}) as response:
                answer = await response.json()
        if "access" not in answer:
            raise DemoFailed(f"{username}: {answer.get('error', answer)}")
        client = socketio.AsyncClient()
        await client.connect(url, auth={"token": answer["access"]}, transports=["websocket"])
        return cls(answer["user"], client)

    async def ask(self, event: str, **payload: Any) -> dict[str, Any]:
        answer: dict[str, Any] = await self._client.call(event, payload, timeout=ANSWER_WITHIN_SECONDS)
        if not answer["ok"]:
            raise DemoFailed(f"{event}: {answer['error']}")
        return answer

    async def say(self, room_id: str, message: DemoMessage, *, cid: str, people: dict[str, "Person"]) -> None:
        text = message.text
        for name, person in people.items():
            text = text.replace(f"{{{name}}}", f"<@{person.id}>")
        await self.ask("message:send", room_id=room_id, cid=cid, text=text)

    async def leave(self) -> None:
        await self._client.disconnect()


if __name__ == "__main__":
    main()
