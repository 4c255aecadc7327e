"""One URL says where a service keeps its data."""

import pytest

from chatflow.process.settings import SettingsError
from chatflow_django.database import django_database


def test_a_path_is_sqlite() -> None:
    database = django_database("sqlite:////var/lib/chat%20flow/users.db", setting="CHATFLOW_SOME_DATABASE_URL")

    assert database["ENGINE"].endswith("sqlite3")
    assert database["NAME"] == "//var/lib/chat flow/users.db"
    assert "synchronous=FULL" in database["OPTIONS"]["init_command"]


def test_an_address_is_postgresql_with_its_options() -> None:
    database = django_database(
        "postgresql://chat:p%40ss@db.example:6432/accounts?sslmode=require", setting="CHATFLOW_SOME_DATABASE_URL"
    )

    assert database["ENGINE"].endswith("postgresql")
    assert [database[key] for key in ("USER", "PASSWORD", "HOST", "PORT", "NAME")] == [
        "chat",
        "p@ss",
        "db.example",
        "6432",
        "accounts",
    ]
    assert database["OPTIONS"]["sslmode"] == "require"


@pytest.mark.parametrize("url", ["", "mysql://db/accounts", "sqlite://", "postgresql://db", "users.db"])
def test_anything_else_is_refused_without_showing_it(url: str) -> None:
    with pytest.raises(SettingsError, match="CHATFLOW_SOME_DATABASE_URL"):
        django_database(url, setting="CHATFLOW_SOME_DATABASE_URL")
