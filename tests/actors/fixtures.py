"""What a test needs before its people can use the JavaScript client."""

import pytest

from tests.actors.node import install_clients
from tests.servers import ServerMissing
from tests.servers.skips import give_up_without


@pytest.fixture(scope="session")
def javascript() -> None:
    """The stock JavaScript client, installed; else the test is skipped for want of Node."""
    try:
        install_clients()
    except ServerMissing as missing:
        give_up_without(missing)
