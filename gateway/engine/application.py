"""What the engine asks of the application above it."""

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from gateway.engine.session import EngineSession


class Application(Protocol):
    """Owner of the connections that the engine carries; each session holds at most one, in `session.connection`."""

    def admits(self) -> bool:
        """Tell whether another session may be opened; a no is answered 503, which stock clients try again."""

    async def authenticate(self, session: "EngineSession", auth: Any) -> Any:
        """Return the connection of a client that may come in; a ChatFlowError becomes its connect_error."""

    def on_connected(self, connection: Any) -> None:
        """The client has been told that it is connected."""

    def on_event(self, connection: Any, name: Any, args: list[Any], ack_id: int | None) -> None:
        """One event, in the order of sending; runs before the next one is read, so it must queue, not wait."""

    def on_disconnected(self, connection: Any, reason: str) -> None:
        """The connection is over, and nothing reaches it any more."""

    def backlog(self, connection: Any) -> int:
        """How many of its events are not answered yet; too many, and the engine stops reading from it."""
