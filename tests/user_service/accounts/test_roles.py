"""The first account of an installation owns it, and no other does by itself, however many come at once."""

import secrets
import sqlite3
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import psycopg

from chatflow.ids import new_id
from tests.user_service.database import ROLES, WAITING, execute, migrate_to, query
from tests.user_service.running import PASSWORD, Person, UserService, open_user_service, wait_until

BEFORE_ROLES = (("user_accounts", "0002"), ("user_sessions", "0003"))


def add_before_roles(database_url: str, *accounts: tuple[str, int, bool]) -> None:
    """Add accounts, each with the year it was made in and whether it is deactivated, as a program without roles did."""
    execute(
        database_url,
        "INSERT INTO users (id, username, username_key, display_name, display_key, initials_key, password_hash, bot,"
        " deactivated, created_at) VALUES (?, ?, ?, ?, ?, ?, '', ?, ?, ?)",
        *(
            [uuid.UUID(new_id()).hex, *[name] * 5, False, is_deactivated, f"{year}-01-01 00:00:00+00:00"]
            for name, year, is_deactivated in accounts
        ),
    )


def test_the_first_account_is_the_owner_and_the_next_a_member_as_everything_says(
    tmp_path: Path, migrated_url: str
) -> None:
    with open_user_service(tmp_path, database_url=migrated_url) as service:
        alice, bob = service.sign_up("alice"), service.sign_up("bobby")
        mine = service.get("/api/users/me", token=alice.access).body
        others = service.get(f"/api/users?ids={bob.id}", token=alice.access).body["items"]
        inner = service.ask_internally("POST", "/internal/users", {"ids": [alice.id, bob.id]}).body["users"]
        login = service.post("/api/auth/login", {"login": "alice", "password": PASSWORD}).body
        refreshed = service.post("/api/auth/refresh", {"refresh": alice.refresh}).body

    assert [(user["kind"], user["role"]) for user in (alice.user, mine, *others)] == [
        ("person", "owner"),
        ("person", "owner"),
        ("person", "member"),
    ]
    assert [user["role"] for user in inner] == ["owner", "member"]
    assert [answer["user"]["role"] for answer in (login, refreshed)] == ["owner", "owner"]
    signed = [person.claims for person in (alice, bob, Person("alice", **login), Person("alice", **refreshed))]
    assert [(claims["kind"], claims["role"], claims["scopes"]) for claims in signed] == [
        ("person", "owner", None),
        ("person", "member", None),
        ("person", "owner", None),
        ("person", "owner", None),
    ]


def test_of_many_first_accounts_at_once_one_is_the_owner(two_services: list[UserService], migrated_url: str) -> None:
    names = [f"user-{secrets.token_hex(6)}" for _ in range(12)]

    with ThreadPoolExecutor(12) as together:
        people = list(together.map(lambda place: two_services[place % 2].sign_up(names[place]), range(12)))

    assert sorted(person.user["role"] for person in people) == ["member"] * 11 + ["owner"]
    assert dict(query(migrated_url, ROLES)) == {person.username: person.user["role"] for person in people}


def test_of_many_who_want_the_first_name_at_once_the_one_who_gets_it_is_the_owner(
    two_services: list[UserService], migrated_url: str
) -> None:
    wanted = {"username": "alice", "password": PASSWORD}

    with ThreadPoolExecutor(8) as together:
        answers = list(together.map(lambda place: two_services[place % 2].post("/api/users", wanted), range(8)))

    assert sorted(answer.status for answer in answers) == [201] + [409] * 7
    assert query(migrated_url, ROLES) == [("alice", "owner")]
    assert two_services[0].sign_up("bobby").user["role"] == "member"


def test_who_comes_while_nobody_can_write_decides_nothing_before_they_can(
    tmp_path: Path, migrated_sqlite_url: str
) -> None:
    with (
        open_user_service(tmp_path, database_url=migrated_sqlite_url) as service,
        ThreadPoolExecutor(2) as together,
        closing(sqlite3.connect(tmp_path / "users.db", isolation_level=None)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")
        coming = [together.submit(service.sign_up, name) for name in ("alice", "bobby")]
        # Passwords are hashed in the order of their coming: behind these, both are where they want to write.
        strangers = [service.post("/api/auth/login", {"login": "nobody", "password": PASSWORD}) for _ in range(4)]
        assert not any(future.done() for future in coming)
        other.execute("ROLLBACK")

        roles = sorted(future.result().user["role"] for future in coming)

    assert {answer.status for answer in strangers} == {401}
    assert roles == ["member", "owner"]


def test_who_comes_while_the_first_account_is_being_made_waits_for_it(
    tmp_path: Path, migrated_postgres_url: str
) -> None:
    with (
        open_user_service(tmp_path, database_url=migrated_postgres_url) as service,
        ThreadPoolExecutor(2) as together,
        psycopg.connect(migrated_postgres_url) as other,
    ):
        # Nobody can be written down meanwhile, though everybody can be decided about.
        other.execute("LOCK TABLE users IN SHARE MODE")
        coming = [together.submit(service.sign_up, name) for name in ("alice", "bobby")]
        wait_until(lambda: query(migrated_postgres_url, WAITING) == [(2,)])
        other.commit()

        roles = sorted(future.result().user["role"] for future in coming)

    assert roles == ["member", "owner"]


def test_of_accounts_that_are_older_than_roles_the_oldest_in_use_becomes_the_owner_and_the_log_says_so(
    tmp_path: Path, own_url: str
) -> None:
    migrate_to(own_url, *BEFORE_ROLES)
    add_before_roles(own_url, ("carol", 2024, False), ("gone", 2022, True), ("alice", 2023, False))

    with open_user_service(tmp_path, database_url=own_url) as service:
        newcomer = service.sign_up("newcomer")

    assert newcomer.user["role"] == "member"
    assert dict(query(own_url, ROLES)) == {"alice": "owner", "carol": "member", "gone": "member", "newcomer": "member"}
    lines = [line for line in (tmp_path / "log").read_text().splitlines() if "owns this installation" in line]
    assert len(lines) == 1
    assert "alice" in lines[0]

    with open_user_service(tmp_path, database_url=own_url):
        assert (tmp_path / "log").read_text().count("owns this installation") == 1


def test_where_nobody_is_in_use_nobody_becomes_the_owner_by_coming(tmp_path: Path, own_url: str) -> None:
    migrate_to(own_url, *BEFORE_ROLES)
    add_before_roles(own_url, ("gone", 2022, True))

    with open_user_service(tmp_path, database_url=own_url) as service:
        assert service.sign_up("newcomer").user["role"] == "member"

    assert "nobody owns this installation" in (tmp_path / "log").read_text()


def test_an_account_that_a_program_without_roles_made_first_leaves_no_ownership_to_the_next(
    tmp_path: Path, migrated_url: str
) -> None:
    with open_user_service(tmp_path, database_url=migrated_url) as service:
        add_before_roles(migrated_url, ("older", 2026, False))
        newcomer = service.sign_up("newcomer")

    assert newcomer.user["role"] == "member"
    assert dict(query(migrated_url, ROLES)) == {"older": "member", "newcomer": "member"}
