"""An installation whose processes are replaced one by one by those of another version."""

import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.journeys.system import System

# Whoever is asked by others is replaced before them, and back after them.
ORDER = ("message_service", "user_service", "notification_service", "chat_service", "gateway")


class MixedSystem(System):
    """See `System`."""

    def __init__(self, folder: Path, *, settings: Mapping[str, str] | None = None) -> None:
        self._versions = folder / "versions"
        self._versions.mkdir(parents=True)
        super().__init__(
            folder,
            settings=settings,
            command=[sys.executable, "-m", "tests.journeys.upgrade.product", str(self._versions)],
        )

    def assign(self, name: str, checkout: Path) -> None:
        """Let a process be of that version from its next start on."""
        (self._versions / name).write_text(str(checkout))

    def replace(self, name: str, checkout: Path) -> None:
        """Stop a process as an operator does, and wait until that version of it has taken its place."""
        self.assign(name, checkout)
        self.wait_until_replaced(name, dead_pid=self.kill(name, by=signal.SIGTERM))
