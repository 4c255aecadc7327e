"""`chatflow up` with processes of several versions: `python -m tests.journeys.upgrade.product <versions> --port …`.

In the folder of versions a file for each process names the checkout that the process runs from its next start on.
"""

import argparse
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from chatflow.process.settings import load_settings_or_exit
from chatflow.supervisor.plan import Plan, ProcessPlan
from chatflow.supervisor.up import start_system
from tests.journeys.upgrade import launcher


@dataclass(frozen=True)
class Versions:
    folder: Path

    def apply(self, plan: Plan) -> Plan:
        return replace(plan, processes=[self.change(process, root=plan.root_dir) for process in plan.processes])

    def change(self, process: ProcessPlan, *, root: Path) -> ProcessPlan:
        """Let it begin as this version, unless something else is said already."""
        if process.argv[1] != "-m":
            return process
        named = self.folder / process.name
        if not named.exists():
            named.write_text(str(root))
        return replace(process, argv=[sys.executable, str(launcher.__file__), str(named), *process.argv[2:]])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("versions", type=Path)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--data", type=Path, required=True)
    given = parser.parse_args()
    # The services' settings look at the words behind the command, too.
    sys.argv = sys.argv[:1]
    settings = msgspec.structs.replace(load_settings_or_exit(), port=given.port, data_dir=given.data)
    start_system(settings, change=Versions(given.versions).apply)


if __name__ == "__main__":
    main()
