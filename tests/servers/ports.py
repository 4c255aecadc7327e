"""Free ports for what a test starts."""

import random
import socket

LOCALHOST = "127.0.0.1"
# Below those that the kernel gives to outgoing connections, one of which could take a port before its server does, and
# below those that the supervisor picks.
PORTS = range(10_000, 20_000)
TRIES = 100
CHOICES = random.SystemRandom()


def find_free_port() -> int:
    """Return a port that nobody listened on a moment ago."""
    for port in CHOICES.sample(PORTS, TRIES):
        with socket.socket() as listener:
            try:
                listener.bind((LOCALHOST, port))
            except OSError:
                continue
            return port
    raise RuntimeError(f"no free port among {TRIES} between {PORTS.start} and {PORTS.stop}")


def accepts_connections(port: int) -> bool:
    """Tell whether somebody listens on this port."""
    try:
        socket.create_connection((LOCALHOST, port), timeout=1).close()
    except OSError:
        return False
    return True
