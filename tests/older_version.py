"""An older version of the project, out of the history of the repository, whose programs run beside ours."""

import subprocess
import tarfile
from io import BytesIO
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def unpack_version(commit: str, *packages: str, folder: Path) -> Path:
    """Put these packages, as they were at a commit, into the folder; skip the test where the history is not at hand."""
    archive = subprocess.run(["git", "archive", commit, *packages], cwd=ROOT, capture_output=True, check=False)
    if archive.returncode:
        pytest.skip(f"the history of the repository, as far as {commit}, is not at hand")
    with tarfile.open(fileobj=BytesIO(archive.stdout)) as files:
        files.extractall(folder, filter="data")
    return folder
