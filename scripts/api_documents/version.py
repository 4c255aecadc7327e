"""Which version of the program the documents are of."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def version() -> str:
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"])
