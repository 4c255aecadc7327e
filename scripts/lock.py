"""Locks what pyproject.toml declares for every platform, by hash and without addresses; `--check` only compares."""

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements.lock"
COMPILE = (
    *("uv", "pip", "compile", "--quiet", "pyproject.toml", "--all-extras", "--group", "dev"),
    *("--universal", "--python-version", "3.11", "--generate-hashes", "--no-header"),
    *("--no-emit-index-url", "--no-emit-find-links"),
)


def main(arguments: list[str]) -> None:
    if arguments == ["--check"]:
        check()
    elif arguments:
        raise SystemExit("usage: lock.py [--check]")
    else:
        compile_into(LOCK, upgrade=True)


def check() -> None:
    """Compare with a lock compiled anew that prefers the locked versions: a difference is a forgotten `make lock`."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / LOCK.name
        fresh.write_bytes(LOCK.read_bytes())
        compile_into(fresh, upgrade=False)
        if fresh.read_bytes() != LOCK.read_bytes():
            raise SystemExit("error: requirements.lock does not fit pyproject.toml; run `make lock`")


def compile_into(lock: Path, *, upgrade: bool) -> None:
    executable = Path(sys.executable).with_name(COMPILE[0])
    command = [str(executable), *COMPILE[1:], "--output-file", str(lock), *(["--upgrade"] if upgrade else [])]
    done = subprocess.run(command, cwd=ROOT, check=False)
    if done.returncode != 0:
        raise SystemExit("error: the lock could not be compiled; see above")


if __name__ == "__main__":
    main(sys.argv[1:])
