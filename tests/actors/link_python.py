"""The stock python-socketio client as a link."""

from typing import Any

import aiohttp
import socketio
from socketio.exceptions import BadNamespaceError, ConnectionError

from tests.actors.answers import ConnectionLost, SignInRefused
from tests.actors.link import OnAck, OnClose, OnPacket, Transport

CONNECT_TIMEOUT_SECONDS = 10


class PythonLink:
    """Reconnecting is left to the device, so that each connection has a beginning and an end of its own."""

    def __init__(self, url: str, *, transport: Transport, http: aiohttp.ClientSession) -> None:
        self._url = url
        self._transport = transport
        self._client = socketio.AsyncClient(
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
