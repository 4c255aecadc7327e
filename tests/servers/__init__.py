"""Real servers for tests, each on a free port in a folder of its own, stopped by process id.

Every `open_<server>(folder)` is a context manager that yields a running `Server` (its `url`, and `kill`, `suspend`,
`resume`, `start`), or raises `ServerMissing` where this machine cannot have it.
"""

from tests.servers.ferretdb import open_ferretdb
from tests.servers.mongodb import open_mongodb
from tests.servers.postgresql import open_postgresql
from tests.servers.rabbitmq import open_rabbitmq
from tests.servers.server import Server, ServerMissing
from tests.servers.valkey import open_valkey

__all__ = [
    "Server",
    "ServerMissing",
    "open_ferretdb",
    "open_mongodb",
    "open_postgresql",
    "open_rabbitmq",
    "open_valkey",
]
