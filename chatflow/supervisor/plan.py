"""What the supervisor runs, as plain data; it knows no service by name, so that tests can let it run others."""

import dataclasses
import json
import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class ProcessPlan:
    """One process: how it is started, and where it says whether it is ready."""

    name: str
    argv: list[str]
    # Started when every lower stage is ready; stopped before any lower stage.
    stage: int
    # The port on which others reach it; several gateways share one.
    port: int
    # The port on which it is asked whether it is ready, if that is another one.
    probe_port: int | None = None
    # "http" asks for /ready, "redis" sends a PING.
    probe: str = "http"
    probe_host: str = "127.0.0.1"
    # What is added to the supervisor's own environment.
    environment: dict[str, str] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """One run of the whole system."""

    data_dir: Path
    # Where the processes start: the folder from which their packages are imported.
    root_dir: Path
    address: str
    processes: list[ProcessPlan]
    # The argv of a program that runs once when all are ready.
    afterwards: list[str] | None = None
    # Open in every process, so that nobody starts on this data while one of them lives.
    data_lock_fd: int | None = None

    @property
    def run_dir(self) -> Path:
        return self.data_dir / "run"

    @property
    def logs_dir(self) -> Path:
        return self.data_dir / "logs"


def write_plan(plan: Plan) -> Path:
    """Put the plan where only its owner can read it: the bus's password is in it."""
    path = plan.run_dir / "plan.json"
    path.unlink(missing_ok=True)
    content = json.dumps(dataclasses.asdict(plan), indent=2, default=str)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(content)
    return path


def read_plan(path: Path) -> Plan:
    content = json.loads(path.read_bytes())
    content["data_dir"] = Path(content["data_dir"])
    content["root_dir"] = Path(content["root_dir"])
    content["processes"] = [ProcessPlan(**process) for process in content["processes"]]
    return Plan(**content)
