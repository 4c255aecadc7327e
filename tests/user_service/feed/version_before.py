"""user_service from before account facts (commit `BEFORE`), which runs beside ours while one replaces the other."""

from pathlib import Path

import pytest

from tests.contracts.conftest import BEFORE
from tests.older_version import unpack_version


@pytest.fixture(scope="session")
def version_before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpack_version(BEFORE, "chatflow", "user_service", folder=tmp_path_factory.mktemp("version_before"))
