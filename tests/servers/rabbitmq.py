"""A RabbitMQ for tests, from the Debian package, with a name daemon of its own that ends with it."""

import secrets
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.servers.ports import LOCALHOST, accepts_connections, find_free_port
from tests.servers.server import Server, ServerMissing

# Not the /usr/sbin one: that changes the user and the folder.
PACKAGED_BINARY = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
AMQP_GREETING = b"AMQP\x00\x00\x09\x01"


@contextmanager
def open_rabbitmq(folder: Path) -> Iterator[Server]:
    """Run an empty RabbitMQ without plugins; its user is guest."""
    binary = find_binary()
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        names = name_daemon(folder / "epmd")
        stack.callback(names.stop)
        names.start()
        server = broker(folder, binary=binary, epmd_port=int(names.url))
        stack.callback(server.stop)
        server.start()
        yield server


def broker(folder: Path, *, binary: str, epmd_port: int) -> Server:
    port = find_free_port()
    plugins = folder / "enabled_plugins"
    plugins.write_text("[].\n")
    return Server(
        "RabbitMQ",
        command=[binary],
        folder=folder,
        url=f"amqp://guest:guest@{LOCALHOST}:{port}/",
        answers=lambda: greets(port),
        environment={
            "HOME": str(folder),
            # The script becomes the broker: otherwise it stays as its parent, and a kill would only hit the script.
            "RUNNING_UNDER_SYSTEMD": "true",
            "ERL_EPMD_PORT": str(epmd_port),
            "ERL_EPMD_ADDRESS": LOCALHOST,
            "RABBITMQ_NODENAME": f"chatflow-{secrets.token_hex(4)}@localhost",
            "RABBITMQ_NODE_PORT": str(port),
            "RABBITMQ_NODE_IP_ADDRESS": LOCALHOST,
            "RABBITMQ_DIST_PORT": str(find_free_port()),
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(plugins),
            # Nobody else's settings: the machine's own broker may have some.
            "RABBITMQ_CONFIG_FILE": str(folder / "none"),
            "RABBITMQ_CONF_ENV_FILE": str(folder / "none"),
            # One scheduler without busy waiting leaves the machine's cores to what is tested.
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1 +sbwt none +sbwtdcpu none +sbwtdio none",
        },
    )


def name_daemon(folder: Path) -> Server:
    """Return Erlang's name daemon in the foreground; RabbitMQ would otherwise leave one behind for good."""
    folder.mkdir()
    port = find_free_port()
    binary = shutil.which("epmd") or next(iter(map(str, Path("/usr/lib/erlang").glob("erts-*/bin/epmd"))), None)
    if binary is None:
        raise ServerMissing("RabbitMQ", "Erlang's epmd is not installed")
    return Server(
        "epmd",
        command=[binary, "-port", str(port), "-address", LOCALHOST],
        folder=folder,
        url=str(port),
        answers=lambda: accepts_connections(port),
    )


def create_virtual_host(server: Server, name: str) -> str:
    """Make an empty virtual host on that broker, open to its user, and return its url."""
    run_rabbitmqctl(server, "add_vhost", name)
    run_rabbitmqctl(server, "set_permissions", "-p", name, "guest", ".*", ".*", ".*")
    return f"{server.url}{name}"


def delete_virtual_host(server: Server, name: str) -> None:
    run_rabbitmqctl(server, "delete_vhost", name)


def run_rabbitmqctl(server: Server, *arguments: str) -> str:
    """Run it, and return what it prints."""
    return subprocess.run(
        [PACKAGED_BINARY.with_name("rabbitmqctl"), "-n", server.environment["RABBITMQ_NODENAME"], *arguments],
        env=server.environment,
        cwd=server.folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    ).stdout


def ask_rabbitmqctl(server: Server, *arguments: str) -> list[list[str]]:
    """Return the columns of each line that it prints."""
    printed = run_rabbitmqctl(server, *arguments, "--quiet", "--no-table-headers")
    return [line.split("\t") for line in printed.splitlines()]


def find_binary() -> str:
    if PACKAGED_BINARY.exists():
        return str(PACKAGED_BINARY)
    raise ServerMissing("RabbitMQ", "the package rabbitmq-server is not installed")


def greets(port: int) -> bool:
    """Tell whether the broker answers the protocol's first bytes: it listens some time before it does."""
    try:
        with socket.create_connection((LOCALHOST, port), timeout=2) as connection:
            connection.sendall(AMQP_GREETING)
            return connection.recv(1) == b"\x01"
    except OSError:
        return False
