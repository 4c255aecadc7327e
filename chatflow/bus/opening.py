"""Opens the bus that the settings name."""

from collections.abc import Callable
from urllib.parse import urlsplit

from chatflow.bus.port import Bus
from chatflow.process.settings import Settings, SettingsError


def open_bus(settings: Settings, *, on_gap: Callable[[], None]) -> Bus:
    """Return the bus that the settings name."""
    scheme = urlsplit(settings.redis).scheme
    if scheme in ("redis", "rediss", "unix"):
        from chatflow.bus.redis import RedisBus

        return RedisBus(settings.redis, on_gap=on_gap)
    raise SettingsError(f"CHATFLOW_REDIS_URL: there is no bus for {scheme!r}")
