"""One server process of the tests: started in its folder, awaited until it answers, stopped by its process id."""

import os
import pwd
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

READY_WITHIN_SECONDS = 60.0
STOPPED_WITHIN_SECONDS = 15.0


class ServerMissing(Exception):
    """This machine cannot have that server; `server` names it and the message says why."""

    def __init__(self, server: str, reason: str) -> None:
        self.server = server
        super().__init__(f"{server}: {reason}")


class Server:
    """A server that can be killed and started again: same folder, same port, same url."""

    def __init__(
        self,
        name: str,
        *,
        command: list[str],
        folder: Path,
        url: str,
        answers: Callable[[], bool],
        environment: Mapping[str, str] | None = None,
        user: str | None = None,
    ) -> None:
        self.name = name
        self.url = url
        self.folder = folder
        self._command = command
        self._answers = answers
        self.environment = {**os.environ, **(environment or {})}
        self._user = user
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        return self._running.pid

    def start(self) -> None:
        """Start the process and wait until it answers; one that does not is ended."""
        self.spawn()
        try:
            self.wait_until_ready()
        except BaseException:
            self.stop()
            raise

    def spawn(self) -> None:
        """Start the process without waiting; only from the main thread, because a child dies with its thread."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*dying_with_us(), *self._command],
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **identity(self._user),
            )

    def wait_until_ready(self, *, timeout_seconds: float = READY_WITHIN_SECONDS) -> None:
        deadline = time.monotonic() + timeout_seconds
        while not self._answers():
            status = self._running.poll()
            if status is not None:
                raise RuntimeError(f"{self.name} ended with status {status}:\n{self.log_tail()}")
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.name} does not answer after {timeout_seconds} s:\n{self.log_tail()}")
            time.sleep(0.02)

    def stop(self) -> None:
        """End the process politely, then by force."""
        if self._process is None:
            return
        self.resume()
        self._process.terminate()
        try:
            self._process.wait(STOPPED_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._forget()

    def kill(self) -> None:
        """End the process as a power cut would."""
        self._running.kill()
        self._forget()

    def suspend(self) -> None:
        """Stop the process in its tracks: its connections stay open and nothing answers."""
        self._running.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._running.send_signal(signal.SIGCONT)

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    def log_tail(self) -> str:
        return self.log.read_text(errors="replace")[-3000:]

    @property
    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise RuntimeError(f"{self.name} is not running")
        return self._process

    def _forget(self) -> None:
        self._running.wait()
        if self._running.stdin is not None:
            self._running.stdin.close()
        self._process = None


def identity(user: str | None) -> dict[str, Any]:
    """Return what makes subprocess run as that user, without a trace of the groups of ours."""
    return {} if user is None else {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


def dying_with_us() -> list[str]:
    """Return the prefix of a command whose process the kernel ends when the tests are killed themselves."""
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        return []
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("servers are started from the main thread only: they die with the thread that made them")
    return [setpriv, "--pdeathsig", "KILL"]
