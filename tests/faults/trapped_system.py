"""An installation whose services carry traps: each can be killed or stopped at a named place of its work."""

import json
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psutil

from chatflow.ids import partition_of
from chatflow.leases.port import Lease, owner_among
from tests.faults.traps import Traps
from tests.journeys.system import System


class TrappedSystem(System):
    """See `System`; `build` names a sabotage or a strain."""

    def __init__(self, folder: Path, *, settings: Mapping[str, str] | None = None, build: str = "-") -> None:
        self._traps = folder / "traps"
        self._traps.mkdir(parents=True)
        changes = folder / "changes.json"
        changes.write_text(json.dumps({"traps": str(self._traps), "sabotage": build, "links": {}}))
        super().__init__(
            folder, settings=settings, command=[sys.executable, "-m", "tests.faults.product", str(changes)]
        )

    def traps(self, process_name: str) -> Traps:
        return Traps(self._traps, process=process_name)

    def owner_of(self, room_id: str) -> str:
        """Return the name of the worker that owns the room while all live."""
        workers = {name: Lease(name, "") for name in self.names_of("chat_service")}
        owner = owner_among(workers, partition_of(room_id))
        assert owner is not None
        return owner.id

    def pid_of(self, name: str) -> int:
        pid = self.process(name).pid
        assert pid is not None
        return pid

    def is_stopped(self, name: str) -> bool:
        return psutil.Process(self.pid_of(name)).status() == psutil.STATUS_STOPPED

    def signal(self, name: str, number: signal.Signals) -> None:
        os.kill(self.pid_of(name), number)


@contextmanager
def open_trapped_system(
    folder: Path, *, settings: Mapping[str, str] | None = None, build: str = "-"
) -> Iterator[TrappedSystem]:
    """Run an installation with traps for as long as the context lasts."""
    system = TrappedSystem(folder, settings=settings, build=build)
    try:
        system.start()
        yield system
    finally:
        system.stop()
