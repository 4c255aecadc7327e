"""A power cut leaves of a process's files what was synced, and nothing else; the shim does that and no more."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.chatflow.supervisor.run import wait_until
from tests.faults.power import PowerSwitch
from tests.faults.shims import preloaded

ROOT = Path(__file__).parents[2]
BEGIN = """
import os, sqlite3, sys
sys.path.insert(0, sys.argv[2])
os.chdir(sys.argv[1])
from tests.faults.power import cut_own_power
def write(name, text, *, flags=os.O_RDWR | os.O_CREAT, at=None, sync=True, length=None):
    file = os.open(name, flags)
    if length is not None:
        os.ftruncate(file, length)
    os.pwrite(file, text, at) if at is not None else os.write(file, text)
    if sync:
        os.fsync(file)
    os.close(file)
def sync_names():
    folder = os.open(".", os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
"""


WRITE = """
db = sqlite3.connect("data.db", isolation_level=None)
db.execute("PRAGMA journal_mode = {journal}")
db.execute("PRAGMA synchronous = EXTRA")
db.execute("CREATE TABLE rows (n INTEGER, filling TEXT)")
db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
db.execute("PRAGMA synchronous = {synchronous}")
db.execute("PRAGMA wal_autocheckpoint = {checkpoint_pages}")
for n in range(300):
    db.execute("INSERT INTO rows VALUES (?, ?)", (n, "x" * 500))
cut_own_power()
"""
READ = """
db = sqlite3.connect("data.db")
assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
found = [n for (n,) in db.execute("SELECT n FROM rows ORDER BY n")]
assert found == list(range({kept})), found
"""


def run(folder: Path, script: str, *, cuts: bool = True) -> None:
    """Run a script with the shim, which has to die of a power cut, or not."""
    done = subprocess.run([*command(folder, script)], env=environment(folder), capture_output=True, check=False)
    assert done.returncode == (-signal.SIGKILL if cuts else 0), done.stderr.decode()


def command(folder: Path, script: str) -> list[str]:
    return [sys.executable, "-c", BEGIN + script, str(folder), str(ROOT)]


def switch(folder: Path) -> PowerSwitch:
    return PowerSwitch(folder.parent, process="script", data=folder)


def environment(folder: Path) -> dict[str, str]:
    return preloaded(dict(os.environ) | switch(folder).environment(), PowerSwitch.library())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "old").write_bytes(b"0123456789")
    return folder


def left(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("write('old', b'abc', at=2)", b"01abc56789"),
        ("write('old', b'abc', at=2, sync=False)", b"0123456789"),
        ("write('old', b'abc', at=2); write('old', b'XYZ', at=4, sync=False)", b"01abc56789"),
        ("write('old', b'abc', at=9, sync=False); write('old', b'later', at=0, sync=False)", b"0123456789"),
        ("write('old', b'', length=3, sync=False)", b"0123456789"),
        ("write('old', b'', length=3)", b"012"),
        ("write('old', b'', length=30, sync=False)", b"0123456789"),
        ("write('old', b'new', flags=os.O_RDWR | os.O_TRUNC, sync=False)", b"0123456789"),
        ("write('old', b'more', flags=os.O_RDWR | os.O_APPEND, sync=False)", b"0123456789"),
        ("write('old', b'more', flags=os.O_RDWR | os.O_APPEND)", b"0123456789more"),
        ("open('old', 'wb').write(b'buffered and closed')", b"0123456789"),
    ],
)
def test_of_a_file_is_left_what_was_synced(folder: Path, script: str, expected: bytes) -> None:
    run(folder, f"{script}\ncut_own_power()")

    assert left(folder) == {"old": expected}


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("write('new', b'synced')", ["old"]),
        ("write('new', b'synced'); sync_names()", ["new", "old"]),
        ("os.unlink('old')", ["old"]),
        ("os.unlink('old'); sync_names()", []),
        ("os.rename('old', 'new')", ["old"]),
        ("os.rename('old', 'new'); sync_names()", ["new"]),
        ("write('new', b'synced'); sync_names(); os.replace('new', 'old')", ["new", "old"]),
        ("write('new', b'synced'); os.replace('new', 'old'); sync_names()", ["old"]),
        ("write('new', b'synced'); os.unlink('new')", ["old"]),
    ],
)
def test_of_names_are_left_those_whose_folder_was_synced(folder: Path, script: str, expected: list[str]) -> None:
    run(folder, f"{script}\ncut_own_power()")

    assert sorted(left(folder)) == expected


@pytest.mark.parametrize("ending", ["", "os.kill(os.getpid(), 9)"])
def test_who_ends_otherwise_keeps_everything(folder: Path, ending: str) -> None:
    script = f"write('old', b'abc', at=2, sync=False); write('new', b'', sync=False); os.unlink('old')\n{ending}"
    run(folder, script, cuts=bool(ending))
    # Who comes next clears away what one that was killed had set aside.
    run(folder, "", cuts=False)

    assert left(folder) == {"new": b""}


def test_somebody_else_may_cut_the_power(folder: Path) -> None:
    script = "write('old', b'abc', at=2, sync=False); os.write(1, b'!'); sys.stdin.read()"
    with subprocess.Popen(
        command(folder, script), env=environment(folder), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.read(1) == b"!"
        switch(folder).cut()
        wait_until(lambda: process.poll() is not None)

    assert process.returncode == -signal.SIGKILL
    assert left(folder) == {"old": b"0123456789"}


@pytest.mark.parametrize(
    ("synchronous", "journal", "checkpoint_pages", "kept"),
    [
        ("FULL", "WAL", 50, 300),
        ("FULL", "WAL", 0, 300),
        ("NORMAL", "WAL", 0, 0),
        ("OFF", "WAL", 0, 0),
        # That the journal is gone is the commit, and only EXTRA syncs it.
        ("FULL", "DELETE", 0, 299),
        ("EXTRA", "DELETE", 0, 300),
    ],
)
def test_of_a_database_is_left_what_its_settings_promise(
    folder: Path, synchronous: str, journal: str, checkpoint_pages: int, kept: int
) -> None:
    """Through checkpoints, too: the database is as whole as it would be on a disk."""
    run(folder, WRITE.format(synchronous=synchronous, journal=journal, checkpoint_pages=checkpoint_pages))
    # Who opens it first recovers it.
    run(folder, READ.format(kept=kept), cuts=False)
