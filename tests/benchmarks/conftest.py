"""What measurements need of a machine."""

import shutil

import pytest

from tests.servers import ServerMissing
from tests.servers.skips import give_up_without


@pytest.fixture(scope="session")
def compiler() -> str:
    found = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if found is None:
        give_up_without(ServerMissing("cc", "no C compiler on the PATH"))
    return found
