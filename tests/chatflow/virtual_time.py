"""An event loop with virtual time: hours take no time, and each run is the same."""

import asyncio
import selectors
from typing import Any


class VirtualSelector(selectors.DefaultSelector):
    """Waits for nothing: that which is due next is due now."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        assert timeout is not None, "everybody waits for what will never come"
        self.now += max(0.0, timeout)
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._virtual = VirtualSelector()
        super().__init__(self._virtual)
        self.complaints: list[dict[str, Any]] = []
        self.set_exception_handler(lambda _, context: self.complaints.append(context))

    def time(self) -> float:
        return self._virtual.now

    def settle(self) -> None:
        """Let everything happen that waits for no time to pass."""
        while self._ready:  # type: ignore[attr-defined]
            self.call_soon(self.stop)
            self.run_forever()
            if self._ready and all(handle._callback == self.stop for handle in self._ready):  # type: ignore[attr-defined]
                break

    def pass_time(self, seconds: float) -> None:
        self.run_until_complete(asyncio.sleep(seconds))

    @property
    def timers(self) -> list[asyncio.TimerHandle]:
        """What is still to happen."""
        return [timer for timer in self._scheduled if not timer.cancelled()]  # type: ignore[attr-defined]
