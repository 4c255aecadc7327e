"""Gets the servers that the tests drive: as root on Debian or Ubuntu by apt, elsewhere it says what is missing."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# What the tests look for, the package that brings it, and what is skipped without it.
NEEDED = (
    ("/usr/lib/rabbitmq/bin/rabbitmq-server", "rabbitmq-server", "alert jobs by RabbitMQ, the cluster journeys"),
    ("chromium", "chromium", "the browser journeys"),
    ("promtool", "prometheus", "the check of Prometheus' configuration"),
    ("docker-compose", "docker-compose", "the check of compose.yaml"),
    ("nginx", "nginx", "the check of what faces the world"),
    ("cc", "gcc", "the load client's compilation"),
)
POLICY = Path("/usr/sbin/policy-rc.d")
INSTALL = ("apt-get", "install", "-y", "-qq", "--no-install-recommends")


def main() -> None:
    missing = [(package, purpose) for program, package, purpose in NEEDED if not is_there(program)]
    if missing and can_install():
        install([package for package, _ in missing])
        missing = []
    for package, purpose in missing:
        say(f"without {package} (install it by your system's package manager) these tests are skipped: {purpose}")
    if shutil.which("go") is None:
        say("without Go these tests are skipped: the message store on FerretDB, a second opinion on MongoDB's protocol")


def is_there(program: str) -> bool:
    return shutil.which(program) is not None


def can_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(packages: list[str]) -> None:
    say(f"installing by apt: {', '.join(packages)} (no service of theirs is started)")
    with services_kept_down():
        for command in (["apt-get", "update", "-qq"], [*INSTALL, *packages]):
            done = subprocess.run(
                command, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, stdout=subprocess.DEVNULL, check=False
            )
            if done.returncode != 0:
                raise SystemExit(f"error: {' '.join(command)} failed with status {done.returncode}; see above")


@contextmanager
def services_kept_down() -> Iterator[None]:
    """Debian starts what it installs; its policy file says no to that, where the machine has not its own already."""
    if POLICY.exists():
        yield
        return
    POLICY.write_text("#!/bin/sh\nexit 101\n")
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink()


def say(text: str) -> None:
    sys.stdout.write(f"servers: {text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
