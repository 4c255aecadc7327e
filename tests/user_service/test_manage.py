"""`manage.py` works on the installation that is meant, and a start migrates only what is behind."""

import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.user_service.database import ROLES, migrate_to, query, run_in_django, start_in_django
from tests.user_service.running import PASSWORD, REPOSITORY, open_user_service

NEW_PASSWORD = "another horse, another battery"
IS_UP_TO_DATE = "from chatflow_django.migrating import is_up_to_date; assert is_up_to_date() is {}"
BEHIND = (("user_accounts", "0003"), ("user_sessions", "0002"))


def manage(*arguments: str, typed: Sequence[str] = (), **settings: str) -> "subprocess.CompletedProcess[str]":
    """Run a command as an operator does who types these lines; `settings` are variables of the environment."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("CHATFLOW_")}
    return subprocess.run(
        [sys.executable, "-m", "user_service.manage", *arguments],
        env=others | settings,
        cwd=REPOSITORY,
        input="".join(f"{line}\n" for line in typed),
        # Without a terminal passwords are read from the input.
        start_new_session=True,
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


HOLDS_THE_LOCK = """
from chatflow_django.migrating import migration_lock
with migration_lock():
    print("held", flush=True)
    input()
"""
STARTS = """
from chatflow_django.migrating import bring_up_to_date
bring_up_to_date("user_service.manage", within_seconds=0.3)
"""
GIVEN_UP = "error: another process has been migrating this database for 0.3 s; start again after it\n"


def test_a_start_waits_for_another_that_migrates_and_gives_up_in_one_line(own_url: str) -> None:
    with start_in_django(own_url, HOLDS_THE_LOCK) as first:
        assert first.stdout is not None
        held = first.stdout.readline()
        with start_in_django(own_url, STARTS) as second:
            _, said = second.communicate(timeout=40)
        _, complaints = first.communicate("\n", timeout=40)

    assert (held, first.returncode) == ("held\n", 0), complaints
    assert (second.returncode, said) == (1, GIVEN_UP)


# Another process takes the lock while this one has just seen what is lacking.
SEES_AND_STARTS = """
import time
from chatflow_django import migrating
migrating.is_up_to_date = lambda within_seconds: time.sleep(0.3)
migrating.bring_up_to_date("user_service.manage", within_seconds=0.5)
"""


def test_a_migration_waits_only_for_what_is_left_of_the_time(own_url: str) -> None:
    with start_in_django(own_url, HOLDS_THE_LOCK) as first:
        assert first.stdout is not None
        held = first.stdout.readline()
        with start_in_django(own_url, SEES_AND_STARTS) as second:
            try:
                _, said = second.communicate(timeout=30)
            finally:
                # Whoever waits longer than that gets the lock.
                _, complaints = first.communicate("\n", timeout=40)

    assert (held, first.returncode) == ("held\n", 0), complaints
    assert second.returncode == 1
    assert re.fullmatch(GIVEN_UP.replace("0.3", r"0(\.[0-2])?"), said), said


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


def test_an_owner_is_made_from_the_shell_beside_the_one_who_came_first(tmp_path: Path, migrated_url: str) -> None:
    with open_user_service(tmp_path, database_url=migrated_url) as service:
        service.sign_up("alice")
        made = create_owner("Carol", PASSWORD, migrated_url)
        again = create_owner("carol", PASSWORD, migrated_url)
        weak = create_owner("dave", "carol123", migrated_url)
        without = manage("createsuperuser", "--noinput", "--username=dave", CHATFLOW_USER_DATABASE_URL=migrated_url)
        signed_in = service.post("/api/auth/login", {"login": "carol", "password": PASSWORD}).body["user"]

    assert (made.returncode, made.stderr, signed_in["username"], signed_in["role"]) == (0, "", "Carol", "owner")
    assert [answer.returncode for answer in (again, weak, without)] == [1] * 3
    assert again.stderr == "error: username: already taken.\n"
    assert weak.stderr.startswith("error: password: ")
    assert without.stderr.startswith("error: password: missing")
    assert dict(query(migrated_url, ROLES)) == {"alice": "owner", "Carol": "owner"}


def create_owner(username: str, password: str, database_url: str) -> "subprocess.CompletedProcess[str]":
    arguments = ("createsuperuser", "--noinput", f"--username={username}")
    return manage(*arguments, CHATFLOW_USER_DATABASE_URL=database_url, DJANGO_SUPERUSER_PASSWORD=password)


def test_a_password_is_changed_from_the_shell_by_the_rules_which_ends_all_sessions(
    tmp_path: Path, migrated_url: str
) -> None:
    with open_user_service(tmp_path, database_url=migrated_url) as service:
        alice = service.sign_up("alice")
        typed = ["alice1234", "alice1234", NEW_PASSWORD, "another one", NEW_PASSWORD, NEW_PASSWORD]
        changed = manage("changepassword", "ALICE", typed=typed, CHATFLOW_USER_DATABASE_URL=migrated_url)
        nobody = manage("changepassword", "nobody-here", CHATFLOW_USER_DATABASE_URL=migrated_url)
        ended = service.get("/api/users/me", token=alice.access).status
        logins = [
            service.post("/api/auth/login", {"login": "alice", "password": password}).status
            for password in (PASSWORD, NEW_PASSWORD)
        ]

    assert (changed.returncode, changed.stdout.splitlines()[-1]) == (
        0,
        "The password of alice is changed, and alice is signed out everywhere.",
    )
    assert "password: " in changed.stderr
    assert "two different passwords" in changed.stderr
    assert (nobody.returncode, nobody.stderr) == (1, "CommandError: There is nobody with the name nobody-here.\n")
    assert (ended, logins) == (401, [401, 200])


def test_whoever_signs_in_is_noted_with_the_time(tmp_path: Path, migrated_url: str) -> None:
    with open_user_service(tmp_path, database_url=migrated_url) as service:
        service.sign_up("alice")
        (before,) = query(migrated_url, "SELECT last_login FROM users")[0]
        service.post("/api/auth/login", {"login": "alice", "password": PASSWORD})
        (after,) = query(migrated_url, "SELECT last_login FROM users")[0]

    assert before < after
