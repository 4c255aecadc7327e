"""Prints the part of requirements.lock that the given extras need, hashes and all.

The lock holds everything, the tests' tools too; an image shall hold what runs. The lock says of each package who asked
for it, so nothing is resolved anew; and because pip installs the result with `--require-hashes`, a package that were
forgotten here would end the build and not the service.

    python deploy/select_requirements.py gateway,chat > needed.txt
    python deploy/select_requirements.py --only ui > needed.txt        without what the shared package imports
"""

import re
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
ASKED_BY = re.compile(r"^    #   (?:via )?(?P<name>[^\s(]+)|^    # via (?P<only>[^\s(]+)", re.MULTILINE)


def main(arguments: list[str]) -> None:
    only = arguments[:1] == ["--only"]
    extras = arguments[1:] if only else arguments
    if len(extras) != 1:
        raise SystemExit("usage: select_requirements.py [--only] EXTRA[,EXTRA…]")
    lock = (ROOT / "requirements.lock").read_text()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    sys.stdout.write(select(lock, wanted=asked_for(project, extras=extras[0].split(","), only=only)))


def asked_for(project: dict[str, Any], *, extras: list[str], only: bool) -> set[str]:
    """Return the names that the project itself asks for."""
    offered = project["optional-dependencies"]
    unknown = sorted(set(extras) - set(offered))
    if unknown:
        raise SystemExit(f"error: no such extra: {', '.join(unknown)} (there are {', '.join(offered)})")
    asked = [
        *([] if only else project["dependencies"]),
        *(requirement for extra in extras for requirement in offered[extra]),
    ]
    return {name_of(requirement) for requirement in asked}


def select(lock: str, *, wanted: set[str]) -> str:
    """Return the lock's entries that are wanted, or that a wanted one asks for."""
    entries = {name_of(entry): entry for entry in re.split(r"\n(?=[A-Za-z0-9])", lock.strip())}
    askers = {name: {match["name"] or match["only"] for match in ASKED_BY.finditer(entries[name])} for name in entries}
    needed = set(wanted)
    while more := {name for name in entries if name not in needed and askers[name] & needed}:
        needed |= more
    if missing := sorted(needed - set(entries)):
        raise SystemExit(f"error: requirements.lock has no {', '.join(missing)}; run `make lock`")
    return "".join(f"{entries[name]}\n" for name in sorted(needed))


def name_of(requirement: str) -> str:
    found = NAME.match(requirement)
    if found is None:
        raise SystemExit(f"error: not a requirement: {requirement!r}")
    return re.sub(r"[-_.]+", "-", found[0]).lower()


if __name__ == "__main__":
    main(sys.argv[1:])
