"""What a session asks of the server that opened it."""

from typing import Any, Protocol, TypeVar

from gateway.engine.limits import Limits
from gateway.engine.outbound import Outbound

# Named here and not imported, because sessions import this file.
Session = TypeVar("Session", contravariant=True)


class SessionServer(Protocol[Session]):
    limits: Limits
    outbound: Outbound
    ping_interval: float
    ping_timeout: float

    def on_message(self, session: Session, message: str | bytes) -> None:
        """Handle one message of the client, in the order of sending."""

    def on_session_over(self, session: Session, reason: str) -> None:
        """Called once, when nothing reaches the client any more."""

    def on_slow_consumer(self) -> None:
        """Count a session that ends because its client does not read."""

    def backlog(self, connection: Any) -> int:
        """Return how many events of a connection have no answer yet."""

    def forget(self, session: Session) -> None:
        """Know the session's id no more."""
