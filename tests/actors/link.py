"""One connection to the server through some stock Socket.IO client."""

from collections.abc import Callable
from typing import Any, Literal, Protocol

from tests.actors.answers import Json

Transport = Literal["websocket", "polling"]
OnAck = Callable[[Json], None]
OnPacket = Callable[[str, Any], None]
OnClose = Callable[[], None]


class Link(Protocol):
    """Packets are handed over in the order in which they come, acks among them; `on_close` comes once, last."""

    async def open(self, *, token: str, on_packet: OnPacket, on_close: OnClose) -> None:
        """Connect, or raise SignInRefused or ConnectionLost."""

    async def emit(self, event: str, payload: Any, *, on_ack: OnAck) -> None:
        """Hand an event to the client; those of one caller leave in order. Raises ConnectionLost if there is none."""

    async def close(self) -> None:
        """End the connection as a client that signs off does."""
