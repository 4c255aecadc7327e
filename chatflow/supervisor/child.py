"""One process of the system: started, watched, started again when it dies, stopped for good."""

import asyncio
import math
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

from chatflow.supervisor.logbook import Logbook
from chatflow.supervisor.output import OutputReader
from chatflow.supervisor.plan import ProcessPlan
from chatflow.supervisor.probe import ask_ready
from chatflow.supervisor.process_table import BACKING_OFF, READY, STARTING, STOPPED, STOPPING, UNREADY, WAITING, Row

ASK_STARTING_EVERY_SECONDS = 0.05
ASK_READY_EVERY_SECONDS = 2.0
ASK_UNREADY_EVERY_SECONDS = 0.25
# Most deaths are accidents, so the first restart is quick; a process that always dies must not keep the machine busy.
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 10.0
# A process that was ready for so long died of something new: it is restarted at once, and earlier deaths do not count.
FORGIVEN_AFTER_SECONDS = 2.0


class Child:
    """One process that should run; `row` says in which state it is."""

    def __init__(
        self,
        plan: ProcessPlan,
        *,
        root_dir: Path,
        inherited_fds: tuple[int, ...],
        lifeline_fd: int,
        book: Logbook,
        on_change: Callable[[], None],
    ) -> None:
        self.plan = plan
        # Set when the process is ready for the first time, and never cleared.
        self.started = asyncio.Event()
        # Deaths in a row, since it was last ready for long enough.
        self.deaths = 0
        # Why it is not ready, as it said last; None if it is.
        self.complaint: str | None = None
        self._root_dir = root_dir
        self._inherited_fds = inherited_fds
        self._lifeline_fd = lifeline_fd
        self._book = book
        self._on_change = on_change
        self._state = WAITING
        # When this life was ready for the first time.
        self._ready_at = math.inf
        self._process: subprocess.Popen[bytes] | None = None
        self._died_before = False
        self._exited = asyncio.Event()
        self._unwanted = asyncio.Event()

    @property
    def row(self) -> Row:
        pid = self._process.pid if self._process is not None else None
        return Row(self.plan.name, pid, self.plan.port, self._state)

    async def live(self) -> None:
        """Keep the process alive until it is told to stop."""
        loop = asyncio.get_running_loop()
        while not self._unwanted.is_set():
            self._ready_at = math.inf
            status = await self._live_once()
            if self._unwanted.is_set():
                break
            self._died_before = True
            was_well = loop.time() - self._ready_at > FORGIVEN_AFTER_SECONDS
            self.deaths = 0 if was_well else self.deaths + 1
            pause_seconds = pause_after(self.deaths)
            self._book.say(f"{self.plan.name} {describe(status)}; starting it again in {pause_seconds:g} s")
            self._turn(BACKING_OFF)
            await passes(pause_seconds, unless=self._unwanted)
        self._turn(STOPPED)

    def note_exit(self) -> None:
        """Note whether it was this process that ended; called whenever one ends."""
        if self._process is not None and self._process.poll() is not None:
            self._exited.set()

    def stop(self) -> None:
        """Ask the process to end; `live` returns when it has."""
        self._unwanted.set()
        self.signal(signal.SIGTERM)
        if self._state != WAITING:
            self._turn(STOPPING)

    def kill(self) -> None:
        """End the process and whatever it started itself."""
        self._unwanted.set()
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)

    def signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)

    async def _live_once(self) -> int:
        self._exited.clear()
        output = OutputReader(lambda line: self._book.take(self.plan.name, line))
        try:
            self._process = self._spawn(output)
        except OSError as error:
            self._book.say(f"{self.plan.name} cannot be started: {error}")
            return 127
        self._turn(STARTING)
        self.note_exit()
        asking = asyncio.create_task(self._follow_readiness())
        await output.start()
        try:
            await self._exited.wait()
        finally:
            asking.cancel()
            await output.finish()
        status = self._process.wait()
        self._process = None
        return status

    def _spawn(self, output: OutputReader) -> subprocess.Popen[bytes]:
        told = {"CHATFLOW_LIFELINE_FD": str(self._lifeline_fd), "CHATFLOW_DIED_BEFORE": str(self._died_before)}
        return subprocess.Popen(  # noqa: S603
            [word.replace("{supervisor_pid}", str(os.getpid())) for word in self.plan.argv],
            cwd=self._root_dir,
            env={**os.environ, **self.plan.environment, **told},
            stdin=subprocess.DEVNULL,
            stdout=output.child_end,
            stderr=output.child_end,
            pass_fds=self._inherited_fds,
            # Ctrl-C goes to the whole group of the terminal; ours are stopped in order instead.
            start_new_session=True,
        )

    async def _follow_readiness(self) -> None:
        pause_seconds = ASK_STARTING_EVERY_SECONDS
        while not self._unwanted.is_set():
            self.complaint = await ask_ready(self.plan)
            if self.complaint is None:
                self.started.set()
                self._ready_at = min(self._ready_at, asyncio.get_running_loop().time())
                self._turn(READY)
                pause_seconds = ASK_READY_EVERY_SECONDS
            elif self._state in (READY, UNREADY):
                self._turn(UNREADY)
                pause_seconds = ASK_UNREADY_EVERY_SECONDS
            await asyncio.sleep(pause_seconds)

    def _turn(self, state: str) -> None:
        if state == self._state:
            # The pid may have changed though the state has not.
            self._on_change()
            return
        if UNREADY in (state, self._state) and READY in (state, self._state):
            self._book.say(f"{self.plan.name} is {state}{f': {self.complaint}' if self.complaint else ''}")
        self._state = state
        self._on_change()


def pause_after(deaths: int) -> float:
    """Return how long to wait after so many deaths in a row."""
    return min(FIRST_PAUSE_SECONDS * 2 ** (deaths - 1), LONGEST_PAUSE_SECONDS) if deaths else 0.0


async def passes(seconds: float, *, unless: asyncio.Event) -> None:
    """Wait, but no longer than until the event."""
    try:
        async with asyncio.timeout(seconds):
            await unless.wait()
    except TimeoutError:
        return


def describe(status: int) -> str:
    if status < 0:
        return f"was ended by {signal.Signals(-status).name}"
    return f"ended with status {status}"
