"""Takes the lines that processes print: writes them to files of bounded size, and shows them on the terminal."""

import os
from pathlib import Path

from chatflow.supervisor.terminal import Terminal

# Three files of 10 MB each show some days of a small installation.
FILE_BYTES_AT_MOST = 10_000_000
FILES_KEPT = 3


class Logbook:
    """Takes lines of named processes. If a file cannot be written, it says so once and goes on."""

    def __init__(self, logs_dir: Path, *, terminal: Terminal) -> None:
        self._logs_dir = logs_dir
        self._terminal = terminal
        self._files: dict[str, LogFile] = {}
        self._file_problem: str | None = None
        self._last_lines: dict[str, str] = {}

    def say(self, line: str) -> None:
        """Log and show a line of the supervisor's own."""
        self.take("chatflow", line.encode())

    def show(self, name: str, line: bytes) -> None:
        """Show a line without writing it to a file, because it contains a secret."""
        self._terminal.show(name, line.decode(errors="replace"))

    def take(self, name: str, line: bytes) -> None:
        """Keep and show one line of a process."""
        text = line.decode(errors="replace")
        self._last_lines[name] = text
        self._terminal.show(name, text)
        try:
            self._file_of(name).append(line + b"\n")
        except OSError as error:
            if self._file_problem != error.strerror:
                self._file_problem = error.strerror
                self._terminal.show("chatflow", f"cannot write logs to {self._logs_dir}: {error.strerror}")
        else:
            self._file_problem = None

    def last_line(self, name: str) -> str:
        return self._last_lines.get(name, "it said nothing")

    def path_of(self, name: str) -> Path:
        return self._logs_dir / f"{name}.log"

    def _file_of(self, name: str) -> "LogFile":
        if name not in self._files:
            self._files[name] = LogFile(self.path_of(name))
        return self._files[name]


class LogFile:
    """A log file; when it is full it is renamed, and a new one takes its name."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._open()

    def append(self, content: bytes) -> None:
        if self._size + len(content) > FILE_BYTES_AT_MOST:
            os.close(self._fd)
            for number in range(FILES_KEPT - 1, 0, -1):
                older = self._path.with_name(f"{self._path.name}.{number - 1}" if number > 1 else self._path.name)
                if older.exists():
                    older.replace(self._path.with_name(f"{self._path.name}.{number}"))
            self._open()
        self._size += os.write(self._fd, content)

    def _open(self) -> None:
        self._fd = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self._size = os.fstat(self._fd).st_size
