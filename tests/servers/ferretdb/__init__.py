"""FerretDB, the second opinion on the MongoDB protocol: built from the Go module here, once, into the user's cache.

It uses no index and knows no replica set, so it judges what is answered and never how fast, nor how durable it is.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.mongodb import answers_ping
from tests.servers.ports import LOCALHOST, find_free_port
from tests.servers.server import Server, ServerMissing

MODULE = Path(__file__).parent
VERSION = "1.24.2"
SERVER = "FerretDB"


@contextmanager
def open_ferretdb(folder: Path, *, say: Callable[[str], None] = lambda line: None) -> Iterator[Server]:
    """Run an empty server; `say` hears about a long build."""
    data = folder / "data"
    data.mkdir(parents=True)
    address = f"{LOCALHOST}:{find_free_port()}"
    url = f"mongodb://{address}/"
    command = [str(build_ferretdb(say=say)), address, str(data)]
    server = Server(SERVER, command=command, folder=folder, url=url, answers=lambda: answers_ping(url))
    try:
        server.start()
        yield server
    finally:
        server.stop()


def build_ferretdb(*, say: Callable[[str], None]) -> Path:
    """Return the binary; the first call on a machine takes about two minutes, and one process builds for all."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "chatflow"
    binary = cache / f"ferretdb-{VERSION}-{sources_digest()}"
    if binary.exists():
        return binary
    go = shutil.which("go")
    if go is None:
        raise ServerMissing(SERVER, "no Go to build it with")
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "ferretdb.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not binary.exists():
            compile_module(go, binary=binary, say=say)
    return binary


def compile_module(go: str, *, binary: Path, say: Callable[[str], None]) -> None:
    say(f"building FerretDB {VERSION} for the tests; this happens once and takes about 2 minutes")
    started = time.monotonic()
    unfinished = binary.with_suffix(f".{os.getpid()}")
    build = subprocess.run(
        [go, "build", "-trimpath", "-mod=readonly", "-o", unfinished, "."],
        cwd=MODULE,
        capture_output=True,
        text=True,
        check=False,
    )
    if build.returncode != 0:
        raise ServerMissing(SERVER, f"FerretDB could not be built: {build.stderr.strip()[-500:]}")
    unfinished.rename(binary)
    say(f"built {binary} in {time.monotonic() - started:.0f} s")


def sources_digest() -> str:
    """Return what makes a changed program or dependency another binary."""
    digest = hashlib.sha256()
    for name in ("go.mod", "go.sum", "main.go"):
        digest.update((MODULE / name).read_bytes())
    return digest.hexdigest()[:12]
