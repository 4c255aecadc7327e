"""`run/processes.json`: each process with its pid, port and state, for `chatflow status`, tests and people."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

# The states that a row can show.
WAITING, STARTING, READY, UNREADY, BACKING_OFF, STOPPING, STOPPED = (
    *("waiting", "starting", "ready", "not ready", "backing off", "stopping", "stopped"),
)


@dataclass(frozen=True)
class Row:
    """One process; it has no pid while it does not run."""

    name: str
    pid: int | None
    port: int
    state: str


def table_path(data_dir: Path) -> Path:
    return data_dir / "run" / "processes.json"


def write_table(data_dir: Path, rows: Iterable[Row]) -> None:
    """Replace the file as a whole, so that a reader sees the old table or the new one."""
    path = table_path(data_dir)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n")
    fresh.replace(path)


def read_table(data_dir: Path) -> list[Row]:
    """Return the rows of the current run, or of one that was killed; a run that was stopped leaves none."""
    try:
        content = table_path(data_dir).read_bytes()
    except FileNotFoundError:
        return []
    return [Row(**row) for row in json.loads(content)]
