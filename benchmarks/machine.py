"""What the figures were measured on: the machine, its disk, and the versions of all that took part."""

import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import time
from importlib.metadata import version
from pathlib import Path

import psutil

from benchmarks.build import Missing
from benchmarks.contestants import find_node
from chatflow.supervisor.refusal import StartRefused
from chatflow.supervisor.valkey import find_valkey

PACKAGES = ("python-socketio", "python-engineio", "aiohttp", "uvloop", "hiredis", "msgspec", "granian", "Django")
SYNCS = 50


def describe_machine(folder: Path) -> dict[str, str]:
    return {
        "processor": f"{os.cpu_count()} × {processor_name()}",
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release()} ({platform.machine()})",
        "fdatasync": f"{sync_milliseconds(folder):.2f} ms",
    }


def describe_versions(folder: Path) -> dict[str, str]:
    found = {
        "commit": first_line("git", "describe", "--always", "--dirty", "--exclude=*"),
        "Python": platform.python_version(),
    }
    found |= {name: version(name) for name in PACKAGES}
    try:
        found["Valkey"] = "".join(re.findall(r"v=([0-9.]+)", first_line(str(find_valkey()), "--version")))
    except StartRefused:
        found["Valkey"] = ""
    try:
        found["Node"] = first_line(str(find_node()), "--version")
    except Missing:
        found["Node"] = ""
    lock = folder / "peers" / "node" / "node_modules" / ".package-lock.json"
    if lock.exists():
        packages = json.loads(lock.read_text())["packages"]
        found |= {
            name: packages[f"node_modules/{name}"]["version"] for name in ("socket.io", "@socket.io/redis-adapter")
        }
    found["Centrifugo"] = first_line("centrifugo", "version")
    return {name: value for name, value in found.items() if value}


def processor_name() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or "unknown processor"


def sync_milliseconds(folder: Path) -> float:
    """The median time of making a small write durable, on the disk that the data folders are on."""
    path = folder / "sync-probe"
    times = []
    with path.open("wb", buffering=0) as file:
        for _ in range(SYNCS):
            file.write(bytes(4096))
            begun = time.perf_counter()
            os.fdatasync(file.fileno())
            times.append(time.perf_counter() - begun)
    path.unlink()
    return statistics.median(times) * 1000


def first_line(*command: str) -> str:
    """What a program says of itself, or nothing where there is none."""
    if shutil.which(command[0]) is None:
        return ""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.partition("\n")[0].strip()
