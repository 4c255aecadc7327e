"""Runs the supervisor without what only services need, which is half of its memory: `python -P lean.py <plan.json>`.

Importing the package `chatflow` loads structlog, and asyncio loads TLS; a process that only watches uses neither.
"""

import importlib
import sys
from pathlib import Path
from types import ModuleType


def main() -> None:
    package = ModuleType("chatflow")
    package.__path__ = [str(Path(__file__).resolve().parents[1])]
    sys.modules["chatflow"] = package
    hiding = importlib.import_module("chatflow.hidden_imports")
    with hiding.hidden_imports("ssl"):
        running = importlib.import_module("chatflow.supervisor.running")
    running.main()


if __name__ == "__main__":
    main()
