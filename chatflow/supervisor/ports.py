"""Ports: picks free ones for the processes, and checks that the public one is free."""

import random
import socket

from chatflow.supervisor.refusal import StartRefused

# Below the range from which kernels take ports for outgoing connections (32768 on Linux, 49152 elsewhere), so that no
# connection can sit on a process's port while that process is being restarted.
INNER_PORTS = range(20_000, 32_000)
TRIES = 200


def pick_free_ports(count: int, *, host: str, choices: random.Random) -> list[int]:
    """Return different ports on which nobody listens at this moment."""
    picked: list[int] = []
    for port in choices.sample(INNER_PORTS, TRIES):
        if len(picked) == count:
            return picked
        if why_not(host, port) is None:
            picked.append(port)
    raise StartRefused(f"no free ports on {host} between {INNER_PORTS.start} and {INNER_PORTS.stop}")


def refuse_taken_port(host: str, port: int) -> None:
    """Raise StartRefused if the public address cannot be listened on."""
    problem = why_not(host, port)
    if problem is not None:
        raise StartRefused(f"cannot listen on {host}:{port} ({problem}): choose another with --port N, or --port 0")


def why_not(host: str, port: int) -> str | None:
    """Return why nobody can listen there now, or None."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # As servers do, so that closed connections of an earlier run do not block the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError as error:
            return error.strerror or str(error)
    return None
