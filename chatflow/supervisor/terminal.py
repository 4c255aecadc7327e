"""Shows log lines to people, readable and in the colour of their process, without ever waiting for the terminal."""

import json
import os
import queue
import sys
import threading
import zlib
from typing import Any, TextIO

# A terminal that takes nothing (Ctrl-S) must not stop the product: lines past these are left to the log files.
LINES_WAITING_AT_MOST = 2000
NAME_WIDTH = 20
COLOURS = (36, 33, 35, 34, 32, 96, 93, 95, 94, 92)
LEVEL_COLOURS = {"warning": 33, "error": 31, "critical": 31}
# Shown by the prefix or the layout already, or of no use to people.
HIDDEN_FIELDS = {"event", "level", "timestamp", "service", "process", "logger", "exception"}


class Terminal:
    """Writes lines in a thread of its own. If the terminal does not take them, it drops lines and says how many."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._coloured = out.isatty() and not os.environ.get("NO_COLOR")
        self._lines: queue.Queue[str | None] = queue.Queue(LINES_WAITING_AT_MOST)
        self._dropped = 0
        self._writer = threading.Thread(target=self._write_lines, name="terminal", daemon=True)
        self._writer.start()

    def show(self, name: str, line: str) -> None:
        """Show one line of a process."""
        prefix = self._paint(f"{name[:NAME_WIDTH]:<{NAME_WIDTH}}", COLOURS[zlib.crc32(name.encode()) % len(COLOURS)])
        text, colour = readable(line)
        for shown in text.split("\n"):
            self._enqueue(f"{prefix} {self._paint(shown, colour)}\n")

    def close(self, *, within_seconds: float) -> None:
        """Write what is left, unless the terminal takes nothing."""
        try:
            self._lines.put(None, timeout=within_seconds)
        except queue.Full:
            return
        self._writer.join(within_seconds)

    def _enqueue(self, line: str) -> None:
        try:
            if self._dropped:
                self._lines.put_nowait(f"… {self._dropped} lines are in the log files only\n")
                self._dropped = 0
            self._lines.put_nowait(line)
        except queue.Full:
            self._dropped += 1

    def _paint(self, text: str, colour: int | None) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self._coloured and colour else text

    def _write_lines(self) -> None:
        while (line := self._lines.get()) is not None:
            try:
                self._out.write(line)
                if self._lines.empty():
                    self._out.flush()
            except OSError:
                # The reader has gone (`make run | head`); the log files have everything.
                self._out = open(os.devnull, "w")  # noqa: SIM115, PTH123


def readable(line: str) -> tuple[str, int | None]:
    """Return a log line for people, and the colour of its level; a line that is not JSON stays as it is."""
    try:
        fields = json.loads(line)
    except ValueError:
        fields = None
    if not isinstance(fields, dict) or "event" not in fields:
        return line, None
    clock = str(fields.get("timestamp", ""))[11:19]
    level = str(fields.get("level", ""))
    rest = " ".join(f"{key}={plain(value)}" for key, value in fields.items() if key not in HIDDEN_FIELDS)
    shown_level = f"{level} " if level in LEVEL_COLOURS else ""
    text = f"{clock} {shown_level}{fields['event']}{'  ' if rest else ''}{rest}"
    if "exception" in fields:
        text += "\n" + str(fields["exception"])
    return text, LEVEL_COLOURS.get(level)


def plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def stdout_terminal() -> Terminal:
    return Terminal(sys.stdout)
