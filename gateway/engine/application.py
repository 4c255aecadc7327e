"""What the engine asks of the application above it."""

from typing import Any, Protocol

from gateway.engine.session import EngineSession


class Application(Protocol):
    """Owns the connections that the engine carries; each session has at most one, in `session.connection`."""

    def admits(self) -> bool:
        """Tell whether another session may be opened; if not, the answer is 503, and stock clients try again."""

    async def authenticate(self, session: EngineSession, auth: Any) -> Any:
        """Return the connection of a client that may come in; a ChatFlowError becomes its connect_error."""

    def on_connected(self, connection: Any) -> None:
        """Called after the client has been told that it is connected."""

    def on_event(self, connection: Any, name: Any, args: list[Any], ack_id: int | None) -> None:
        """Handle one event, in the order of sending. The next is read only after it, so it must queue, not wait."""

    def on_disconnected(self, connection: Any, reason: str) -> None:
        """Called when the connection is over, and nothing reaches it any more."""

    def backlog(self, connection: Any) -> int:
        """Return how many events have no answer yet; if they are too many, the engine stops reading from the client."""
