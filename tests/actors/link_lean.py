"""A bare Socket.IO connection over a WebSocket: the same protocol at a tenth of a stock client's cost, for load."""

import asyncio
from typing import Any

import aiohttp
import msgspec

from tests.actors.answers import ConnectionLost, Json, SignInRefused
from tests.actors.link import OnAck, OnClose, OnPacket

OPEN_WITHIN_SECONDS = 10.0
ENGINE_PATH = "/socket.io/?EIO=4&transport=websocket"

encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder().decode


class LeanLink:
    """See `tests.actors.link.Link`; what every client may expect of a server is left to the stock ones."""

    def __init__(self, url: str, *, http: aiohttp.ClientSession) -> None:
        self._url = url
        self._http = http
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._reader: asyncio.Task[None] | None = None
        self._acks: dict[int, OnAck] = {}
        self._last_id = 0
        self._silence_seconds = OPEN_WITHIN_SECONDS

    async def open(self, *, token: str, on_packet: OnPacket, on_close: OnClose) -> None:
        try:
            async with asyncio.timeout(OPEN_WITHIN_SECONDS):
                self._socket = await self._http.ws_connect(f"{self._url}{ENGINE_PATH}", max_msg_size=0)
                hello: Json = decode((await self._socket.receive_str())[1:])
                await self._socket.send_str(f"40{encode({'token': token}).decode()}")
                answer = await self._socket.receive_str()
        except (aiohttp.ClientError, TimeoutError, TypeError, OSError) as error:
            await self._hang_up()
            raise ConnectionLost(str(error)) from error
        if answer.startswith("44"):
            await self._hang_up()
            raise SignInRefused(decode(answer[2:])["data"])
        self._silence_seconds = (hello["pingInterval"] + hello["pingTimeout"]) / 1000
        self._reader = asyncio.create_task(self._read(self._socket, on_packet, on_close))

    async def emit(self, event: str, payload: Any, *, on_ack: OnAck) -> None:
        if self._reader is None:
            # As the stock clients do: nothing leaves before the server has let us in.
            raise ConnectionLost("not connected yet")
        self._last_id += 1
        self._acks[self._last_id] = on_ack
        await self._send(f"42{self._last_id}{encode([event, payload]).decode()}")

    async def close(self) -> None:
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)
        await self._hang_up()

    async def _read(self, socket: aiohttp.ClientWebSocketResponse, on_packet: OnPacket, on_close: OnClose) -> None:
        try:
            while True:
                message = await socket.receive(self._silence_seconds)
                if message.type is not aiohttp.WSMsgType.TEXT:
                    return
                packet: str = message.data
                if packet.startswith("42"):
                    on_packet(*decode(packet[2:]))
                elif packet.startswith("43"):
                    self._take_ack(packet)
                elif packet == "2":
                    await self._send("3")
        except (TimeoutError, ConnectionLost):
            return
        finally:
            await self._hang_up()
            on_close()

    def _take_ack(self, packet: str) -> None:
        begin = packet.index("[")
        on_ack = self._acks.pop(int(packet[2:begin]), None)
        if on_ack is not None:
            on_ack(*decode(packet[begin:]))

    async def _send(self, packet: str) -> None:
        if self._socket is None:
            raise ConnectionLost("not connected")
        try:
            await self._socket.send_str(packet)
        except (ConnectionError, aiohttp.ClientError) as error:
            raise ConnectionLost(str(error)) from error

    async def _hang_up(self) -> None:
        socket, self._socket = self._socket, None
        if socket is not None and not socket.closed:
            # One that does not answer is not waited for.
            socket._response.close()
