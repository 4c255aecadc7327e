"""The stock python-socketio client as a link."""

import asyncio
from typing import Any

import aiohttp
import engineio
import socketio
from socketio.exceptions import BadNamespaceError, ConnectionError

from tests.actors.answers import ConnectionLost, SignInRefused
from tests.actors.link import OnAck, OnClose, OnPacket, Transport

CONNECT_TIMEOUT_SECONDS = 10


class Packets(asyncio.Queue[Any]):
    """Hands out the None that ends the writing alone: taken with packets before it, the stock client forgets it.

    It would then be connected without ever polling again, for as long as a heartbeat lasts.
    """

    _is_first = True

    async def get(self) -> Any:
        self._is_first = True
        return await super().get()

    def get_nowait(self) -> Any:
        is_first, self._is_first = self._is_first, False
        if not is_first and not self.empty() and self._queue[0] is None:  # type: ignore[attr-defined]
            raise asyncio.QueueEmpty
        return super().get_nowait()


class EngineClient(engineio.AsyncClient):  # type: ignore[misc]
    def create_queue(self, *_: Any, **__: Any) -> Packets:
        return Packets()


class Client(socketio.AsyncClient):  # type: ignore[misc]
    def _engineio_client_class(self) -> type[EngineClient]:
        return EngineClient


class PythonLink:
    """Reconnecting is left to the device, so that each connection has a beginning and an end of its own."""

    def __init__(self, url: str, *, transport: Transport, http: aiohttp.ClientSession) -> None:
        self._url = url
        self._transport = transport
        self._client = Client(
            reconnection=False, http_session=http, handle_sigint=False, request_timeout=CONNECT_TIMEOUT_SECONDS
        )
        self._refusal: Any = None

    async def open(self, *, token: str, on_packet: OnPacket, on_close: OnClose) -> None:
        self._client.on("*", on_packet)
        self._client.on("connect_error", self._note_refusal)
        self._client.on("disconnect", lambda reason: on_close())
        try:
            await self._client.connect(
                self._url,
                auth={"token": token},
                transports=[self._transport],
                wait_timeout=CONNECT_TIMEOUT_SECONDS,
            )
        except ConnectionError as error:
            if isinstance(self._refusal, dict) and isinstance(self._refusal.get("data"), dict):
                raise SignInRefused(self._refusal["data"]) from None
            raise ConnectionLost(str(error)) from error

    async def emit(self, event: str, payload: Any, *, on_ack: OnAck) -> None:
        try:
            await self._client.emit(event, payload, callback=on_ack)
        except BadNamespaceError as error:
            raise ConnectionLost(str(error)) from error

    async def close(self) -> None:
        await self._client.disconnect()

    def _note_refusal(self, refusal: Any) -> None:
        self._refusal = refusal
