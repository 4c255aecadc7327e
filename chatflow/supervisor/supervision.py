"""Runs a plan: starts all processes in order, watches them, and stops them in reverse order, leaving none behind."""

import asyncio
import os
import signal
import subprocess
from itertools import groupby

from chatflow.supervisor.child import Child
from chatflow.supervisor.logbook import Logbook
from chatflow.supervisor.output import OutputReader
from chatflow.supervisor.plan import Plan
from chatflow.supervisor.process_table import table_path, write_table
from chatflow.supervisor.refusal import StartRefused
from chatflow.supervisor.start_deadline import READY_WITHIN_SECONDS, StartDeadline

# A process that dies this often before it was ever ready will not start the next time either.
DEATHS_AT_START = 3
# Everything ends within 10 s: a stage that takes longer than its turn goes on stopping while the next one is asked.
STAGE_TURN_SECONDS = 2.0
KILLED_AFTER_SECONDS = 9.0
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Supervision:
    """One run of a plan."""

    def __init__(self, plan: Plan, *, book: Logbook) -> None:
        self._plan = plan
        self._book = book
        self._stop_asked = asyncio.Event()
        # Nobody writes to it. When this process ends, however that happens, reading from it returns.
        self._lifeline_fd, self._own_end = os.pipe()
        inherited = [self._lifeline_fd, *([plan.data_lock_fd] if plan.data_lock_fd is not None else [])]
        self._children = [
            Child(
                process,
                root_dir=plan.root_dir,
                inherited_fds=tuple(inherited),
                lifeline_fd=self._lifeline_fd,
                book=book,
                on_change=self._write_table,
            )
            for process in sorted(plan.processes, key=lambda process: process.stage)
        ]
        self._lives: dict[Child, asyncio.Task[None]] = {}
        self._table_problem: str | None = None

    async def run(self) -> None:
        """Run until a signal asks to stop; raises StartRefused, with everything stopped, if it cannot start."""
        loop = asyncio.get_running_loop()
        for number in STOP_SIGNALS:
            loop.add_signal_handler(number, self._on_stop_signal)
        loop.add_signal_handler(signal.SIGCHLD, self._on_child_signal)
        self._write_table()
        starting = asyncio.create_task(self._start_in_order())
        stopping = asyncio.create_task(self._stop_asked.wait())
        try:
            await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                starting.result()
                await stopping
        finally:
            starting.cancel()
            await self._stop_in_order()
            table_path(self._plan.data_dir).unlink(missing_ok=True)

    async def _start_in_order(self) -> None:
        started_at = asyncio.get_running_loop().time()
        for _, stage in groupby(self._children, key=lambda child: child.plan.stage):
            children = list(stage)
            for child in children:
                self._lives[child] = asyncio.create_task(child.live())
            for child in children:
                await self._until_ready(child)
                self._book.say(f"{child.plan.name} is ready")
        self._summarize(asyncio.get_running_loop().time() - started_at)
        if self._plan.afterwards:
            await self._run_afterwards(self._plan.afterwards)

    async def _until_ready(self, child: Child) -> None:
        name, log = child.plan.name, self._book.path_of(child.plan.name)
        deadline = StartDeadline(asyncio.get_running_loop().time())
        while not child.started.is_set():
            if child.deaths >= DEATHS_AT_START:
                raise StartRefused(f"{name} does not start: {self._book.last_line(name)} (see {log})")
            if deadline.is_over(asyncio.get_running_loop().time(), last_line=self._book.last_line(name)):
                why = child.complaint or "no answer"
                raise StartRefused(f"{name} is not ready after {READY_WITHIN_SECONDS:g} s: {why} (see {log})")
            await asyncio.sleep(0.02)

    def _summarize(self, seconds: float) -> None:
        for line in (
            f"ready after {seconds:.1f} s: open {self._plan.address}",
            f"data in {self._plan.data_dir}, logs in {self._plan.logs_dir}; Ctrl-C stops everything",
        ):
            self._book.say(line)

    async def _run_afterwards(self, argv: list[str]) -> None:
        # Its output contains passwords, so it goes to no file.
        output = OutputReader(lambda line: self._book.show("demo", line))
        process = subprocess.Popen(  # noqa: S603, ASYNC220  (as quick as any other call)
            argv,
            cwd=self._plan.root_dir,
            stdin=subprocess.DEVNULL,
            stdout=output.child_end,
            stderr=output.child_end,
            start_new_session=True,
        )
        try:
            await output.start()
            await output.until_end()
        finally:
            process.kill()
            process.wait()
            await output.finish()

    async def _stop_in_order(self) -> None:
        loop = asyncio.get_running_loop()
        self._book.say("stopping")
        kill_at = loop.time() + KILLED_AFTER_SECONDS
        backwards = reversed([child for child in self._children if child in self._lives])
        for _, stage in groupby(backwards, key=lambda child: child.plan.stage):
            children = list(stage)
            for child in children:
                child.stop()
            await asyncio.wait([self._lives[child] for child in children], timeout=STAGE_TURN_SECONDS)
        if self._lives:
            await asyncio.wait(self._lives.values(), timeout=max(0.0, kill_at - loop.time()))
        for child, life in self._lives.items():
            if not life.done():
                self._book.say(f"{child.plan.name} does not stop and is killed")
                child.kill()
        if self._lives:
            await asyncio.wait(self._lives.values(), timeout=1.0)
        self._book.say("stopped")

    def _on_stop_signal(self) -> None:
        if self._stop_asked.is_set():
            # Asked a second time: kill everything at once.
            for child in self._children:
                child.kill()
        self._stop_asked.set()

    def _on_child_signal(self) -> None:
        for child in self._children:
            child.note_exit()

    def _write_table(self) -> None:
        try:
            write_table(self._plan.data_dir, [child.row for child in self._children])
        except OSError as error:
            if self._table_problem != error.strerror:
                self._table_problem = error.strerror
                self._book.say(f"cannot write {table_path(self._plan.data_dir)}: {error.strerror}")
        else:
            self._table_problem = None
