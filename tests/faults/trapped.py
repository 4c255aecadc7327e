"""Starts a service with traps in it: `python -m tests.faults.trapped <service> <folder of traps> <build or ->`."""

import importlib
import os
import runpy
import sys
from pathlib import Path
from typing import Any

from tests.faults.sabotage import SABOTAGES
from tests.faults.strains import STRAINS
from tests.faults.traps import Traps, set_traps

ASK_FOR_TRIMS_SECONDS = 0.5


def main() -> None:
    service, folder, build = sys.argv[1:4]
    set_traps(service, Traps(Path(folder), process=os.environ["CHATFLOW_PROCESS_NAME"]))
    ask_for_trims_often(service)
    builds = {name: (sabotaged.service, sabotaged.spoil) for name, sabotaged in SABOTAGES.items()} | STRAINS
    if build in builds and builds[build][0] == service:
        builds[build][1]()
    sys.argv = [service]
    runpy.run_module(service, run_name="__main__", alter_sys=True)


def ask_for_trims_often(service: str) -> None:
    """Have the worker ask for trims so often that it also does while a clock is wrong for some seconds."""
    if service == "chat_service":
        retention: Any = importlib.import_module("chat_service.ownership.retention")
        retention.ASK_SECONDS = ASK_FOR_TRIMS_SECONDS


if __name__ == "__main__":
    main()
