"""`manage.py` works on the installation that is meant, and a start migrates only what is behind."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.user_service.database import migrate_to, query, run_in_django
from tests.user_service.running import REPOSITORY

IS_UP_TO_DATE = "from chatflow_django.migrating import is_up_to_date; assert is_up_to_date() is {}"
BEHIND = (("user_accounts", "0003"), ("user_sessions", "0002"))


def manage(*arguments: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    """Run a command as an operator does; `settings` are variables of the environment."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("CHATFLOW_")}
    return subprocess.run(
        [sys.executable, "-m", "user_service.manage", *arguments],
        env=others | settings,
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_start_migrates_only_what_is_behind(own_url: str) -> None:
    migrate_to(own_url, *BEHIND)
    run_in_django(own_url, IS_UP_TO_DATE.format(False))

    assert manage("migrate", CHATFLOW_USER_DATABASE_URL=own_url).returncode == 0

    run_in_django(own_url, IS_UP_TO_DATE.format(True))
    assert ("user_sessions", "0003_what_can_be_forgotten") in query(own_url, "SELECT app, name FROM django_migrations")


def test_a_command_works_on_the_data_folder_that_it_is_given(tmp_path: Path) -> None:
    folder = tmp_path / "data"

    done = manage("--data", str(folder), "migrate", "--verbosity=0")

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    with sqlite3.connect(folder / "users.db") as database:
        assert database.execute("SELECT count(*) FROM users").fetchone() == (0,)
    database.close()


@pytest.mark.parametrize(
    ("arguments", "settings", "complaint"),
    [
        (["--data"], {}, "--data needs a folder"),
        (["migrate"], {"CHATFLOW_USER_DATABASE_URL": "mysql://x"}, "CHATFLOW_USER_DATABASE_URL must be sqlite:///"),
        (["migrate"], {"CHATFLOW_USER_DATABASE_URL": "postgresql://127.0.0.1:1/users"}, "Connection refused"),
        (["migrate"], {"CHATFLOW_WRONG": "1"}, "unknown settings: CHATFLOW_WRONG"),
    ],
)
def test_what_keeps_a_command_from_its_work_is_one_line(
    arguments: list[str], settings: dict[str, str], complaint: str
) -> None:
    done = manage(*arguments, **settings)

    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: ")
    assert complaint in line
