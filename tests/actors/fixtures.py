"""What a test needs before its people can use the JavaScript client."""

import pytest

from tests.actors.node import install_clients
from tests.servers import ServerMissing
from tests.servers.skips import give_up_without


@pytest.fixture(scope="session")
def javascript() -> None:
    """The installed stock JavaScript client; without Node the test is skipped."""
    try:
        install_clients()
    except ServerMissing as missing:
        give_up_without(missing)
