"""The bus between processes: fast, but it may lose messages; whoever must miss none counts them and asks the log.

Guarantees: one process's publications to one channel arrive in order, at most once. When a subscription may have missed
something (a reconnect, a half-open link), `on_gap` is called once it is subscribed again. Nothing is stored.
"""

from collections.abc import Callable
from typing import Protocol

OnMessage = Callable[[bytes], None]


class Bus(Protocol):
    """What services use of a bus."""

    @property
    def connected(self) -> bool:
        """Whether publications are sent and subscriptions work, as far as this process can know."""

    async def start(self) -> None:
        """Connect, trying until it works; raises `Unavailable` after some seconds without success."""

    def publish(self, channel: str, payload: bytes) -> None:
        """Send to all who listen; one loop tick's publications are sent in one write. Lost while not connected."""

    async def publish_counted(self, channel: str, payload: bytes) -> int:
        """Send, and return how many received it; `Unavailable` if it was never sent, `TimedOut` if it may have been."""

    async def subscribe(self, channel: str, on_message: OnMessage) -> None:
        """Call `on_message` for each publication from now on; returns once the subscription is active."""

    async def unsubscribe(self, channel: str) -> None:
        """Stop listening to the channel."""

    async def close(self) -> None:
        """Send what is left and disconnect."""
