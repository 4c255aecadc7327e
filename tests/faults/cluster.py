"""The servers of a cluster for a fault run, and the settings that name them."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.servers import Server, open_ferretdb, open_mongodb, open_postgresql, open_rabbitmq, open_valkey
from tests.servers.mongodb import database_url, has_real_mongodb
from tests.servers.postgresql import create_database


@contextmanager
def open_cluster(folder: Path, *, is_wanted: bool) -> Iterator[tuple[dict[str, Server], Mapping[str, str]]]:
    """Run PostgreSQL, a MongoDB-protocol server, RabbitMQ and Valkey; with the embedded profile run nothing."""
    if not is_wanted:
        yield {}, {}
        return
    # SecantusDB is for correctness: it is not made to be killed under load.
    mongodb = open_mongodb if has_real_mongodb() else open_ferretdb
    with ExitStack() as stack:
        servers = {
            "valkey": stack.enter_context(open_valkey(folder / "valkey")),
            "postgresql": stack.enter_context(open_postgresql(folder / "postgresql")),
            "mongodb": stack.enter_context(mongodb(folder / "mongodb")),
            "rabbitmq": stack.enter_context(open_rabbitmq(folder / "rabbitmq")),
        }
        yield (
            servers,
            {
                "CHATFLOW_REDIS_URL": servers["valkey"].url,
                "CHATFLOW_USER_DATABASE_URL": create_database(servers["postgresql"].url, "users"),
                "CHATFLOW_NOTIFICATION_DATABASE_URL": create_database(servers["postgresql"].url, "notifications"),
                "CHATFLOW_MESSAGE_STORE_URL": database_url(servers["mongodb"].url, "messages"),
                "CHATFLOW_JOB_QUEUE_URL": servers["rabbitmq"].url,
            },
        )
