"""The oldest stock Python client, installed beside the environment, whose own version the others use."""

import subprocess
import sys
from pathlib import Path

from tests.actors.cache import cached
from tests.servers import ServerMissing

SOURCES = Path(__file__).parent / "python"
BURST = SOURCES / "burst.py"


def install_oldest_client() -> Path:
    """Return a folder to have first on the path."""

    def install(folder: Path) -> None:
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        options = ["--require-hashes", "--requirement", "requirements.txt", "--target", "."]
        done = subprocess.run([*command, *options], cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise ServerMissing("python-socketio-5.7", f"pip failed: {done.stderr.strip()[-500:]}")

    return cached("python-client", SOURCES / "requirements.txt", install=install)
