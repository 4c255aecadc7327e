"""user_service as it was in the version before, whose programs run beside ours while one replaces the other."""

import subprocess
import tarfile
from io import BytesIO
from pathlib import Path

import pytest

from tests.contracts.conftest import BEFORE
from tests.user_service.running import REPOSITORY


@pytest.fixture(scope="session")
def version_before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    archive = subprocess.run(
        ["git", "archive", BEFORE, "chatflow", "user_service"],
        cwd=REPOSITORY,
        capture_output=True,
        check=False,
    )
    if archive.returncode:
        pytest.skip(f"the history of the repository, as far as {BEFORE}, is not at hand")
    folder = tmp_path_factory.mktemp("version_before")
    with tarfile.open(fileobj=BytesIO(archive.stdout)) as files:
        files.extractall(folder, filter="data")
    return folder
