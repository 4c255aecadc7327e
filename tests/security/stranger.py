"""Someone without an account who writes bytes rather than uses a client, so that nothing is tidied on its way."""

import asyncio
import base64
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from tests.actors.http import Http

TIMEOUT_SECONDS = 5.0


@dataclass(frozen=True)
class Answer:
    status: int
    head: str
    body: str

    @property
    def is_page(self) -> bool:
        """The browser client's page, which every path of its own answers."""
        return "text/html" in self.head

    @property
    def is_error_object(self) -> bool:
        try:
            return set(json.loads(self.body)["error"]) >= {"code", "message", "retryable"}
        except (ValueError, KeyError, TypeError):
            return False


class Stranger:
    def __init__(self, url: str) -> None:
        self.url = url
        self.host = urlsplit(url).netloc

    async def ask(self, target: str, *, method: str = "GET", body: bytes = b"", **headers: str) -> Answer:
        """Send one request whose target leaves exactly as given."""
        told = {"Host": self.host, "Connection": "close", "Content-Length": str(len(body)), **headers}
        lines = [f"{method} {target} HTTP/1.1", *(f"{name.replace('_', '-')}: {value}" for name, value in told.items())]
        return await self.say("\r\n".join([*lines, "", ""]).encode() + body)

    async def say(self, request: bytes) -> Answer:
        """Write these bytes and read until the other side closes."""
        reader, writer = await asyncio.open_connection(*self.host.split(":"))
        try:
            writer.write(request)
            async with asyncio.timeout(TIMEOUT_SECONDS):
                answer = await reader.read()
        finally:
            writer.close()
        head, _, body = answer.decode(errors="replace").partition("\r\n\r\n")
        return Answer(status=int(head.split(" ", 2)[1]), head=head, body=body)

    async def handshake_status(self, *, transport: str, origin: str) -> int:
        """Return how an Engine.IO handshake from a web page of this origin is answered."""
        upgrade = {
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": base64.b64encode(bytes(16)).decode(),
        }
        headers = {"Host": self.host, "Origin": origin, **(upgrade if transport == "websocket" else {})}
        lines = [f"GET /socket.io/?EIO=4&transport={transport} HTTP/1.1", *(f"{n}: {v}" for n, v in headers.items())]
        reader, writer = await asyncio.open_connection(*self.host.split(":"))
        try:
            writer.write("\r\n".join([*lines, "", ""]).encode())
            async with asyncio.timeout(TIMEOUT_SECONDS):
                return int((await reader.readline()).split()[1])
        finally:
            writer.close()


class RawSocket:
    """A websocket that speaks packets as they are on the wire; use as a context."""

    def __init__(self, url: str) -> None:
        self._url = f"{url}/socket.io/?EIO=4&transport=websocket"
        self._http = Http()
        self.websocket: aiohttp.ClientWebSocketResponse

    async def __aenter__(self) -> "RawSocket":
        self.websocket = await self._http.session.ws_connect(self._url, max_msg_size=0)
        await self.read()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.close()

    async def sign_in(self, token: Any) -> str:
        """Send the handshake and return the packet that answers it."""
        await self.websocket.send_str(f"40{json.dumps({'token': token})}")
        return await self.read()

    async def read(self) -> str:
        """Return the next packet, or how the server closed."""
        message = await self.websocket.receive(timeout=TIMEOUT_SECONDS)
        if message.type is aiohttp.WSMsgType.TEXT:
            return str(message.data)
        return f"closed {message.data}"

    async def read_until(self, start: str) -> str:
        """Return the next packet that begins so, or how the server closed before."""
        while True:
            packet = await self.read()
            if packet.startswith((start, "closed")):
                return packet

    async def say(self, packet: str) -> None:
        await self.websocket.send_str(packet)

    async def ask(self, event: str, payload: Any, *, ack_id: int = 7) -> Any:
        """Send one event and return its answer."""
        await self.say(f"42{ack_id}{json.dumps([event, payload])}")
        return json.loads((await self.read_until(f"43{ack_id}["))[2 + len(str(ack_id)) :])[0]
