"""The bus: fast, unordered between channels, and allowed to lose; whoever needs more counts and asks the log.

Guarantees: publications of one process to one channel arrive in order, at most once. A subscription that may have
missed something (a reconnect, a half-open link) says so by `on_gap`, after it is subscribed again. Nothing is stored.
"""

from collections.abc import Callable
from typing import Protocol
from urllib.parse import urlsplit

from chatflow.process.settings import Settings, SettingsError

OnMessage = Callable[[bytes], None]


class Bus(Protocol):
    """What services use of the bus."""

    @property
    def connected(self) -> bool:
        """Whether publications leave and subscriptions stand, as far as this process can know."""

    async def start(self) -> None:
        """Connect, trying until it works; raises `Unavailable` after some seconds without success."""

    def publish(self, channel: str, payload: bytes) -> None:
        """Send to whoever listens; all of one loop tick leave in one write. Lost while not connected."""

    async def publish_counted(self, channel: str, payload: bytes) -> int:
        """Send and return how many received it; `Unavailable` if it never left, `TimedOut` if it may have."""

    async def subscribe(self, channel: str, on_message: OnMessage) -> None:
        """Call `on_message` for each publication from now on; returns once the subscription stands."""

    async def unsubscribe(self, channel: str) -> None:
        """Stop listening to the channel."""

    async def close(self) -> None:
        """Send what is left and disconnect."""


def open_bus(settings: Settings, *, on_gap: Callable[[], None]) -> Bus:
    """Return the bus that the settings name."""
    scheme = urlsplit(settings.redis).scheme
    if scheme in ("redis", "rediss", "unix"):
        from chatflow.bus.redis import RedisBus

        return RedisBus(settings.redis, on_gap=on_gap)
    raise SettingsError(f"CHATFLOW_REDIS_URL: no bus speaks {scheme!r}")
