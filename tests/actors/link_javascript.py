"""The stock JavaScript client as a link: a Node.js process of its own, spoken to in lines of JSON."""

import asyncio
import itertools
import json
from typing import Any

from tests.actors.answers import ConnectionLost, Json, SignInRefused
from tests.actors.link import OnAck, OnClose, OnPacket, Transport
from tests.actors.node import install_clients

OPEN_WITHIN_SECONDS = 15.0
# A line is one packet, and the largest answer is 256 KiB.
LINE_LIMIT_BYTES = 4 * 1024 * 1024


class JavaScriptLink:
    """Unlike the Python client it sends everything that waits in one polling request, however many packets."""

    def __init__(self, url: str, *, transport: Transport) -> None:
        self._url = url
        self._transport = transport
        self._ids = itertools.count()
        self._acks: dict[int, OnAck] = {}
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None

    async def open(self, *, token: str, on_packet: OnPacket, on_close: OnClose) -> None:
        node, folder = install_clients()
        self._process = await asyncio.create_subprocess_exec(
            node,
            str(folder / "actor.js"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=LINE_LIMIT_BYTES,
        )
        opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._reader = asyncio.create_task(self._read(opened, on_packet=on_packet, on_close=on_close))
        self._tell({"command": "open", "url": self._url, "token": token, "transport": self._transport})
        try:
            async with asyncio.timeout(OPEN_WITHIN_SECONDS):
                await opened
        except TimeoutError:
            raise ConnectionLost("the JavaScript client did not connect") from None
        finally:
            if not opened.done() or opened.cancelled() or opened.exception():
                await self._end()

    async def emit(self, event: str, payload: Any, *, on_ack: OnAck) -> None:
        number = next(self._ids)
        self._acks[number] = on_ack
        self._tell({"command": "emit", "id": number, "event": event, "payload": payload})

    async def close(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._tell({"command": "close"})
        await self._end()

    async def _end(self) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        assert self._reader is not None
        self._process.stdin.close()
        await self._process.wait()
        await self._reader

    async def _read(self, opened: asyncio.Future[None], *, on_packet: OnPacket, on_close: OnClose) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            told = json.loads(line)
            match told["kind"]:
                case "open":
                    opened.set_result(None)
                case "refused":
                    opened.set_exception(refusal(told))
                case "packet":
                    on_packet(told["name"], told.get("data"))
                case "ack":
                    self._acks.pop(told["id"])(told["ack"])
                case "closed":
                    on_close()
        if not opened.done():
            opened.set_exception(ConnectionLost("the JavaScript client ended"))

    def _tell(self, line: Json) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        if self._process.stdin.is_closing():
            raise ConnectionLost("the JavaScript client has ended")
        self._process.stdin.write(json.dumps(line).encode() + b"\n")


def refusal(told: Json) -> Exception:
    """Tell the server's own refusal from a connection that never came about."""
    error = told["error"]
    return SignInRefused(error) if isinstance(error, dict) and "code" in error else ConnectionLost(told["message"])
