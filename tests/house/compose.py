"""compose.yaml: as Docker Compose interprets it, and as text."""

import functools
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import yaml

from tests.servers import ServerMissing
from tests.servers.skips import give_up_without

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = ROOT / "compose.yaml"
EXAMPLE = ROOT / ".env.example"
# The containers that run our own code, by the package each starts.
SERVICES = {
    "gateway": "gateway",
    "chat-service": "chat_service",
    "message-service": "message_service",
    "user-service": "user_service",
    "notification-service": "notification_service",
}
A_SECRET = "0123456789abcdef" * 4


def read_config(secrets: dict[str, str], *, folder: Path) -> "subprocess.CompletedProcess[str]":
    """Let docker-compose interpolate, merge and check the file, knowing these variables and no others."""
    if shutil.which("docker-compose") is None:
        give_up_without(ServerMissing("docker-compose", "it is not on the PATH"))
    variables = folder / "variables.env"
    variables.write_text("".join(f"{name}={value}\n" for name, value in secrets.items()))
    return subprocess.run(
        ["docker-compose", "--env-file", variables, "--file", COMPOSE, "config"],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def all_secrets() -> dict[str, str]:
    """Return a value for each variable that has to be there."""
    return dict.fromkeys(secret_names(), A_SECRET) | filled_in()


def filled_in() -> dict[str, str]:
    """Return the required variables that .env.example fills in."""
    return dict(re.findall(r"^([A-Z_]+)=(.+)$", EXAMPLE.read_text(), re.MULTILINE))


def secret_names() -> list[str]:
    """Return the variables that .env.example leaves empty."""
    return re.findall(r"^([A-Z_]+)=$", EXAMPLE.read_text(), re.MULTILINE)


@functools.cache
def written() -> dict[str, Any]:
    """Return the file as it stands there, variables and all."""
    content: dict[str, Any] = yaml.safe_load(COMPOSE.read_text())
    return content


def environments() -> dict[str, dict[str, str]]:
    return {name: service.get("environment", {}) for name, service in written()["services"].items()}
