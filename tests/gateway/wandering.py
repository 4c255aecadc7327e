"""A polling session whose requests each take a new connection, to a gateway that the test chooses."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

SEPARATOR = "\x1e"
# Whoever waits longer waits for something that does not come.
POLL_SECONDS = 10.0


class Wanderer:
    """Speaks Engine.IO by hand; `packets` has all that it was sent, in order."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        self._http = http
        self.sid = ""
        self.packets: list[str] = []

    async def open(self, url: str, token: str) -> None:
        async with self._http.get(f"{url}/socket.io/?EIO=4&transport=polling") as response:
            assert response.status == 200, await response.text()
            self.sid = self.sid_of(await response.text())
        await self.post(url, "40" + json.dumps({"token": token}))

    @staticmethod
    def sid_of(handshake: str) -> str:
        return str(json.loads(handshake[1:])["sid"])

    async def post(self, url: str, *packets: str) -> None:
        async with self._http.post(self.address(url), data=SEPARATOR.join(packets)) as response:
            assert (response.status, await response.text()) == (200, "ok")

    async def poll(self, url: str) -> None:
        async with asyncio.timeout(POLL_SECONDS), self._http.get(self.address(url)) as response:
            text = await response.text()
            assert response.status == 200, text
            self.packets += text.split(SEPARATOR)

    @asynccontextmanager
    async def upgraded(self, url: str, token: str, *, by: str) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        """Open a session at one gateway and change to a websocket by way of another."""
        await self.open(url, token)
        while not self.events("ready"):
            await self.poll(url)
        address = self.address(by).replace("http://", "ws://").replace("=polling", "=websocket")
        async with self._http.ws_connect(address) as ws:
            await ws.send_str("2probe")
            assert await ws.receive_str(timeout=POLL_SECONDS) == "3probe"
            await ws.send_str("5")
            yield ws

    def events(self, name: str) -> list[Any]:
        found = [json.loads(packet[2:]) for packet in self.packets if packet.startswith("42")]
        return [event[1] for event in found if event[0] == name]

    def acks(self) -> dict[int, Any]:
        """What was answered, by the id under which it was asked."""
        answers = [packet[2:].partition("[") for packet in self.packets if packet.startswith("43")]
        return {int(ack_id): json.loads(f"[{body}")[0] for ack_id, _, body in answers}

    def address(self, url: str) -> str:
        return f"{url}/socket.io/?EIO=4&transport=polling&sid={self.sid}"


def wandering_http() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True))
