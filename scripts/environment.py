"""Makes .venv and installs requirements.lock into it, when either changed; needs any Python 3 to find a good one."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
STAMP = VENV / "installed-from.txt"
OLDEST = (3, 11)
CANDIDATES = ("python3", "python3.14", "python3.13", "python3.12", "python3.11", "python")
PROBE = "import sys; print(*sys.version_info[:2]); import venv, ensurepip"


PACKAGES = (
    "chatflow",
    "chatflow_django",
    "gateway",
    "chat_service",
    "message_service",
    "user_service",
    "notification_service",
)


def main() -> None:
    install()
    # A fifth of the start of a process, also where PYTHONDONTWRITEBYTECODE keeps it from noting what it compiled.
    folders = [str(ROOT / package) for package in PACKAGES]
    subprocess.run([str(VENV / "bin" / "python"), "-m", "compileall", "-q", *folders], check=False)


def install() -> None:
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if STAMP.is_file() and STAMP.read_text() == wanted:
        return
    python = find_python()
    if not (VENV / "bin" / "python").exists():
        say("making .venv")
        run([python, "-m", "venv", "--clear", str(VENV)])
    say("installing what requirements.lock lists")
    if not install_quickly():
        pip("install", "--require-hashes", "--requirement", str(LOCK))
    # Written last: an installation that broke off is made again.
    STAMP.write_text(wanted)


def install_quickly() -> bool:
    """Install with uv, itself from the lock: a few seconds, where pip takes half a minute; tell whether that worked."""
    block = re.search(r"^uv==.*(?:\n    .*)*", LOCK.read_text(), re.MULTILINE)
    if block is None:
        return False
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as only_uv:
        only_uv.write(block[0])
        only_uv.flush()
        pip("install", "--require-hashes", "--requirement", only_uv.name)
    # Compiled now, as pip does: a process that compiles what it imports starts slower and stays larger.
    options = ["--quiet", "--compile-bytecode", "--require-hashes", "--requirement", str(LOCK)]
    command = [str(VENV / "bin" / "uv"), "pip", "install", *options]
    # It reads no pip configuration, so where a registry of one's own is set up there it may not get through.
    return subprocess.run([*command, "--python", str(VENV / "bin" / "python")], check=False).returncode == 0


def pip(*arguments: str) -> None:
    run([str(VENV / "bin" / "python"), "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments])


def find_python() -> str:
    """Return a Python new enough that makes virtual environments; as root on Debian, install what that lacks."""
    found_without_venv = None
    for name in CANDIDATES:
        path = shutil.which(name)
        if path is None:
            continue
        probed = subprocess.run([path, "-c", PROBE], capture_output=True, text=True, check=False)
        version = tuple(int(part) for part in probed.stdout.split()[:2])
        if version >= OLDEST:
            if probed.returncode == 0:
                return path
            found_without_venv = found_without_venv or path
    if found_without_venv is None:
        raise SystemExit(f"error: ChatFlow needs Python {OLDEST[0]}.{OLDEST[1]} or later; install it and run again")
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise SystemExit(f"error: {found_without_venv} cannot make virtual environments; install python3-venv")
    say("installing python3-venv by apt")
    run(["apt-get", "update", "-qq"])
    run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "python3-venv"])
    return found_without_venv


def run(command: list[str]) -> None:
    done = subprocess.run(command, check=False)
    if done.returncode != 0:
        raise SystemExit(f"error: {' '.join(command[:4])} … failed with status {done.returncode}; see above")


def say(text: str) -> None:
    sys.stdout.write(f"environment: {text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
