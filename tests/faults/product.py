"""`chatflow up` with traps in its services and proxies between them: `python -m tests.faults.product <plan> --port …`.

The plan is a JSON file: `traps` (a folder), `sabotage` (a name or "-"), and `links`, from "caller SETTING" to the port
of the proxy that stands there instead; the caller is a service, or one process of it.
"""

import argparse
import json
import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from chatflow.process.settings import load_settings_or_exit
from chatflow.supervisor.plan import Plan, ProcessPlan
from chatflow.supervisor.up import start_system
from tests.faults.clocks import Clock
from tests.faults.power import PowerSwitch
from tests.faults.shims import preloaded

# Those that keep what was acknowledged.
POWERED = ("message_service", "user_service")


@dataclass(frozen=True)
class Changes:
    """Changes the plan of a start as a fault run needs it."""

    traps: str
    sabotage: str
    links: dict[str, int]

    def apply(self, plan: Plan) -> Plan:
        return replace(plan, processes=[self.change(process, data=plan.data_dir) for process in plan.processes])

    def change(self, process: ProcessPlan, *, data: Path) -> ProcessPlan:
        if process.argv[1] != "-m":
            return process
        service = process.argv[2]
        environment = dict(process.environment)
        for link, port in self.links.items():
            at, _, setting = link.partition(" ")
            if at in (service, process.name):
                # What the operator set is told by our own environment.
                environment[setting] = with_port(environment.get(setting) or os.environ[setting], port)
        argv = [sys.executable, "-m", "tests.faults.trapped", service, self.traps, self.sabotage]
        return replace(process, argv=argv, environment=environment | self.shims(process.name, data=data))

    def shims(self, process: str, *, data: Path) -> dict[str, str]:
        """Return what gives each process a clock that can be set, and a power cut to those that keep files."""
        clock = Clock(Path(self.traps), process=process)
        if process not in POWERED:
            return clock.environment()
        power = PowerSwitch(Path(self.traps), process=process, data=data)
        return preloaded(clock.variables() | power.environment(), clock.library(), power.library())


def with_port(url: str, port: int) -> str:
    """Return a URL that leads to another port of the same host."""
    parts = urlsplit(url)
    return parts._replace(netloc=f"{parts.netloc.rpartition(':')[0]}:{port}").geturl()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("changes", type=Path)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--data", type=Path, required=True)
    given = parser.parse_args()
    # The services' settings look at the words behind the command, too.
    sys.argv = sys.argv[:1]
    settings = msgspec.structs.replace(load_settings_or_exit(), port=given.port, data_dir=given.data)
    start_system(settings, change=Changes(**json.loads(given.changes.read_bytes())).apply)


if __name__ == "__main__":
    main()
