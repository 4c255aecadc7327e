"""Builds what the measurements need besides the product: small C programs, and the peers out of npm and PyPI."""

import shutil
import subprocess
from pathlib import Path

PROGRAMS = Path(__file__).parent / "programs"


class Missing(Exception):
    """Something that this machine lacks; what needs it is left out of the report, saying so."""


def build_program(folder: Path, name: str) -> Path:
    """Compile one of our C programs, unless that was done since it changed."""
    return build(folder / "programs" / name, PROGRAMS / f"{name}.c")


def build_library(folder: Path, name: str) -> Path:
    """Compile something to be preloaded."""
    return build(folder / "programs" / f"{name}.so", PROGRAMS / f"{name}.c", "-shared", "-fPIC")


def build(target: Path, source: Path, *options: str) -> Path:
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        raise Missing("needs a C compiler; install gcc or clang")
    changed = max(each.stat().st_mtime for each in PROGRAMS.glob("*.[ch]"))
    if not target.exists() or target.stat().st_mtime < changed:
        target.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            [compiler, "-O2", "-Wall", "-Wno-unused-function", *options, "-o", str(target), str(source)], check=True
        )
    return target
