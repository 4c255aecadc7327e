"""A history on disk: a folder with `run.jsonl` and a file for each room, written as it happens, read back in order."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.checker.records import (
    RoomRecord,
    RunRecord,
    decode_room_record,
    decode_run_record,
    encode_line,
)

# What may wait in memory for one room before it is written; opening a file for each record would cost more than it.
BUFFERED_LINES = 512
RUN_FILE = "run.jsonl"


class HistoryWriter:
    """Appends records; several processes may write into one folder, each under a name of its own."""

    def __init__(self, folder: Path, *, writer: str = "0") -> None:
        self.folder = folder
        self._writer = writer
        self._waiting: dict[str, list[bytes]] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def add(self, room_id: str, record: RoomRecord) -> None:
        self._append(f"room-{room_id}.{self._writer}.jsonl", encode_line(record))

    def add_to_run(self, record: RunRecord) -> None:
        self._append(RUN_FILE, encode_line(record))

    def flush(self) -> None:
        for name in list(self._waiting):
            self._write(name)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.flush()

    def _append(self, name: str, line: bytes) -> None:
        waiting = self._waiting.setdefault(name, [])
        waiting.append(line)
        if len(waiting) >= BUFFERED_LINES:
            self._write(name)

    def _write(self, name: str) -> None:
        with (self.folder / name).open("ab") as file:
            file.write(b"\n".join(self._waiting.pop(name)) + b"\n")


def room_ids(folder: Path) -> list[str]:
    return sorted({path.name.removeprefix("room-").partition(".")[0] for path in folder.glob("room-*.jsonl")})


def read_room(folder: Path, room_id: str) -> Iterator[RoomRecord]:
    """Yield the room's records; those of one client are in the order in which they happened."""
    for path in sorted(folder.glob(f"room-{room_id}.*.jsonl")):
        with path.open("rb") as lines:
            yield from map(decode_room_record, lines)


def read_run(folder: Path) -> Iterator[RunRecord]:
    path = folder / RUN_FILE
    if path.exists():
        with path.open("rb") as lines:
            yield from map(decode_run_record, lines)


def write_history(folder: Path, *, rooms: Mapping[str, Iterable[RoomRecord]], run: Iterable[RunRecord]) -> None:
    """Write a history that is already complete."""
    with HistoryWriter(folder) as writer:
        for room_id, records in rooms.items():
            for record in records:
                writer.add(room_id, record)
        for fault in run:
            writer.add_to_run(fault)
