"""The processes of ChatFlow on one machine: their order, their ports and their settings."""

import random
import secrets
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from chatflow.process.settings import PREFIX, Settings
from chatflow.supervisor import leash
from chatflow.supervisor.plan import Plan, ProcessPlan
from chatflow.supervisor.ports import pick_free_ports, refuse_taken_port
from chatflow.supervisor.valkey import find_valkey, write_config

ROOT = Path(__file__).resolve().parents[2]
INNER_HOST = "127.0.0.1"
ANY_HOST = {"0.0.0.0": INNER_HOST, "::": "::1", "": INNER_HOST}

ADMIN = "admin"
MAILING = "user_service"

BUS_STAGE, STORES_STAGE, LOGIC_STAGE, EDGE_STAGE = range(4)
# The services that others call by URL, each with its stage of the start.
REACHED_SERVICES = {
    "user_service": STORES_STAGE,
    "message_service": STORES_STAGE,
    "notification_service": LOGIC_STAGE,
}


def plan_system(settings: Settings, *, data_lock_fd: int) -> Plan:
    """Decide what runs where, for a data folder that is prepared and locked; raises StartRefused."""
    choices = random.SystemRandom()
    public_port = settings.port or pick_free_ports(1, host=settings.host, choices=choices)[0]
    refuse_taken_port(settings.host, public_port)
    workers = numbered("chat_service", settings.workers)
    gateways = numbered("gateway", settings.gateways)
    names = ["valkey", *REACHED_SERVICES, *workers, *gateways, ADMIN]
    ports = dict(zip(names, pick_free_ports(len(names), host=INNER_HOST, choices=choices), strict=True))
    if settings.admin and settings.admin_port:
        refuse_taken_port(INNER_HOST, settings.admin_port)
        ports[ADMIN] = settings.admin_port

    password = secrets.token_urlsafe(24)
    told = shared_environment(settings, ports=ports, password=password)
    # Where the links of mails lead. To others it would also say under which names people reach them.
    links = {} if settings.public_url else {"PUBLIC_URL": f"http://localhost:{public_port}"}
    processes = [
        *embedded_valkey(settings, port=ports["valkey"], password=password),
        *(
            service(name, port=ports[name], stage=stage, told=told | links if name == MAILING else told)
            for name, stage in REACHED_SERVICES.items()
        ),
        *(service(name, port=ports[name], stage=LOGIC_STAGE, told=told) for name in workers),
        *(gateway(name, settings, port=public_port, inner_port=ports[name], told=told) for name in gateways),
        *([admin(port=ports[ADMIN], told=told)] if settings.admin else []),
    ]
    address = "localhost" if settings.host == INNER_HOST else reachable(settings.host)
    return Plan(
        data_dir=settings.data_dir,
        root_dir=ROOT,
        address=f"http://{address}:{public_port}",
        processes=processes,
        afterwards=demo_argv(settings, port=public_port) if settings.demo else None,
        data_lock_fd=data_lock_fd,
    )


def numbered(name: str, count: int) -> list[str]:
    return [name] if count == 1 else [f"{name}-{number}" for number in range(1, count + 1)]


def service(name: str, *, port: int, stage: int, told: dict[str, str]) -> ProcessPlan:
    own = {"PROCESS_NAME": name, "HOST": INNER_HOST, "PORT": str(port)}
    return ProcessPlan(
        name=name,
        argv=[sys.executable, "-m", name.partition("-")[0]],
        stage=stage,
        port=port,
        environment={
            **{f"{PREFIX}{key}": value for key, value in {**told, **own}.items()},
            # An arena of its own for each thread costs megabytes, and gains nothing while one lock lets one thread run.
            "MALLOC_ARENA_MAX": "2",
        },
    )


def gateway(name: str, settings: Settings, *, port: int, inner_port: int, told: dict[str, str]) -> ProcessPlan:
    """Plan a gateway: all listen on the public port, and each on an inner one, where it is asked how it is."""
    own = {"HOST": settings.host, "PORT": str(port), "INNER_PORT": str(inner_port), "GATEWAYS": str(settings.gateways)}
    plain = service(name, port=port, stage=EDGE_STAGE, told=told)
    environment = {**plain.environment, **{f"{PREFIX}{key}": value for key, value in own.items()}}
    return replace(plain, probe_port=inner_port, environment=environment)


def admin(*, port: int, told: dict[str, str]) -> ProcessPlan:
    """Plan Django's admin: a process of its own, so that it costs nothing where it is off."""
    plain = service(ADMIN, port=port, stage=LOGIC_STAGE, told=told)
    return replace(plain, argv=[sys.executable, "-m", "user_service.admin"])


def shared_environment(settings: Settings, *, ports: dict[str, int], password: str) -> dict[str, str]:
    """Return the settings that the supervisor decides; what the operator set reaches the processes as it is."""
    told = {f"{name.upper()}_URL": f"http://{INNER_HOST}:{ports[name]}" for name in REACHED_SERVICES}
    told["DATA_DIR"] = str(settings.data_dir)
    told["SECRETS_DIR"] = str(settings.secrets_dir or settings.data_dir / "secrets")
    told["UI_DIR"] = str(ROOT / settings.ui_dir)
    # The supervisor makes it readable on the terminal.
    told["LOG_FORMAT"] = "json"
    if not settings.redis_url:
        told["REDIS_URL"] = f"redis://:{password}@{INNER_HOST}:{ports['valkey']}/0"
    return told


def embedded_valkey(settings: Settings, *, port: int, password: str) -> Iterator[ProcessPlan]:
    """Yield the embedded Valkey, unless the operator named a server."""
    if settings.redis_url:
        return
    binary = find_valkey()
    config = write_config(settings.data_dir / "run", port=port, password=password)
    yield ProcessPlan(
        name="valkey",
        argv=[sys.executable, "-ISE", str(leash.__file__), "{supervisor_pid}", str(binary), str(config)],
        stage=BUS_STAGE,
        port=port,
        probe="redis",
    )


def demo_argv(settings: Settings, *, port: int) -> list[str]:
    url = f"http://{reachable(settings.host)}:{port}"
    return [sys.executable, "-m", "chatflow.supervisor.demo", url, str(settings.data_dir / "demo.json")]


def reachable(host: str) -> str:
    """Return the host for a URL that reaches us from this machine."""
    known = ANY_HOST.get(host, host)
    return f"[{known}]" if ":" in known else known
