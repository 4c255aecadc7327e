"""What runs once on an empty volume: PostgreSQL's databases, each for its owner alone."""

import os
import subprocess
from collections.abc import Iterator
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.house.compose import ROOT
from tests.servers import Server, open_postgresql
from tests.servers.postgresql import find_binaries

SCRIPT = ROOT / "deploy" / "postgres" / "databases.sh"
PASSWORDS = {"USERS_PASSWORD": "with'quote", "NOTIFICATIONS_PASSWORD": "a-second-one"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with open_postgresql(tmp_path_factory.mktemp("postgres")) as server:
        at = urlsplit(server.url)
        environment = {
            "PATH": f"{find_binaries()}:{os.environ['PATH']}",
            "PGHOST": str(at.hostname),
            "PGPORT": str(at.port),
            "POSTGRES_USER": "postgres",
            **PASSWORDS,
        }
        done = subprocess.run([SCRIPT], env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        yield server


@pytest.mark.parametrize("name", ["users", "notifications"])
def test_a_service_owns_its_database(name: str, server: Server) -> None:
    with connect(server, user=name, database=name) as connection:
        connection.execute("CREATE TABLE own (id int)")
        row = connection.execute("SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = current_user").fetchone()

    assert row == (False, False)


@pytest.mark.parametrize(("user", "database"), [("users", "notifications"), ("notifications", "users")])
def test_a_service_cannot_open_the_database_of_another(user: str, database: str, server: Server) -> None:
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        connect(server, user=user, database=database)


def test_a_password_is_what_was_given(server: Server) -> None:
    with psycopg.connect(server.url) as connection:
        stored = connection.execute("SELECT rolname FROM pg_authid WHERE rolpassword IS NOT NULL").fetchall()

    assert {"users", "notifications"} <= {name for (name,) in stored}


def connect(server: Server, *, user: str, database: str) -> psycopg.Connection:
    at = urlsplit(server.url)
    return psycopg.connect(
        host=at.hostname, port=at.port, user=user, dbname=database, password=PASSWORDS[f"{user.upper()}_PASSWORD"]
    )


def test_the_scripts_can_be_run() -> None:
    assert os.access(SCRIPT, os.X_OK)
    assert os.access(ROOT / "deploy" / "mongo" / "start.sh", os.X_OK)
