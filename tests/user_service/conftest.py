"""A running user_service on each database that it supports."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.user_service.running import UserService, open_user_service

FIXTURE_OF = {"sqlite": "sqlite_url", "postgresql": "postgres_url"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("user_service")


@pytest.fixture(scope="module")
def sqlite_url(folder: Path) -> str:
    return f"sqlite:///{folder}/users.db"


@pytest.fixture(scope="module", params=list(FIXTURE_OF))
def database_url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(FIXTURE_OF[request.param])
    return url


@pytest.fixture(scope="module")
def service(folder: Path, database_url: str) -> Iterator[UserService]:
    with open_user_service(folder, database_url=database_url) as service:
        yield service
