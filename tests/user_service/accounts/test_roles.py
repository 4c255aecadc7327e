"""The first account of an installation owns it, no other does by itself, and the last owner stays one."""

import base64
import json
import os
import secrets
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg
import pytest

from chatflow.ids import new_id
from chatflow.supervisor.data_folder import prepare_data_folder
from chatflow.supervisor.locks import take_data_folder
from chatflow.supervisor.process_table import Row, write_table
from tests.actors.answers import Json
from tests.supervisor.run import chatflow
from tests.user_service.database import execute, migrate_to, query
from tests.user_service.running import (
    PASSWORD,
    SERVICE_SECRET,
    Answer,
    Person,
    UserService,
    open_user_service,
    wait_until,
)

ROLES = "SELECT username, role FROM users"
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
ROUNDS = 8
BEFORE_ROLES = (("user_accounts", "0002"), ("user_sessions", "0003"))


def claims_of(person: Person) -> dict[str, Any]:
    payload = person.access.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return claims


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


@pytest.fixture
def two_services(tmp_path: Path, own_url: str) -> Iterator[list[UserService]]:
    """Two processes on one empty database."""
    with ExitStack() as running:
        yield [
            running.enter_context(open_user_service(tmp_path, database_url=own_url, token_key_file=f"{tmp_path}/key"))
            for _ in range(2)
        ]


def test_the_first_account_is_the_owner_and_the_next_a_member_as_everything_says(tmp_path: Path, own_url: str) -> None:
    with open_user_service(tmp_path, database_url=own_url) as service:
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
    signed = [claims_of(person) for person in (alice, bob, Person("alice", **login), Person("alice", **refreshed))]
    assert [(claims["kind"], claims["role"], claims["scopes"]) for claims in signed] == [
        ("person", "owner", None),
        ("person", "member", None),
        ("person", "owner", None),
        ("person", "owner", None),
    ]


def test_of_many_first_accounts_at_once_one_is_the_owner(two_services: list[UserService], own_url: str) -> None:
    names = [f"user-{secrets.token_hex(6)}" for _ in range(12)]

    with ThreadPoolExecutor(12) as together:
        people = list(together.map(lambda place: two_services[place % 2].sign_up(names[place]), range(12)))

    assert sorted(person.user["role"] for person in people) == ["member"] * 11 + ["owner"]
    assert dict(query(own_url, ROLES)) == {person.username: person.user["role"] for person in people}


def test_of_many_who_want_the_first_name_at_once_the_one_who_gets_it_is_the_owner(
    two_services: list[UserService], own_url: str
) -> None:
    wanted = {"username": "alice", "password": PASSWORD}

    with ThreadPoolExecutor(8) as together:
        answers = list(together.map(lambda place: two_services[place % 2].post("/api/users", wanted), range(8)))

    assert sorted(answer.status for answer in answers) == [201] + [409] * 7
    assert query(own_url, ROLES) == [("alice", "owner")]
    assert two_services[0].sign_up("bobby").user["role"] == "member"


def test_who_comes_while_the_first_account_is_being_made_waits_for_it(tmp_path: Path, own_postgres_url: str) -> None:
    with (
        open_user_service(tmp_path, database_url=own_postgres_url) as service,
        ThreadPoolExecutor(2) as together,
        psycopg.connect(own_postgres_url) as other,
    ):
        # Nobody can be written down meanwhile, though everybody can be decided about.
        other.execute("LOCK TABLE users IN SHARE MODE")
        coming = [together.submit(service.sign_up, name) for name in ("alice", "bobby")]
        wait_until(lambda: query(own_postgres_url, WAITING) == [(2,)])
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
    tmp_path: Path, own_url: str
) -> None:
    with open_user_service(tmp_path, database_url=own_url) as service:
        add_before_roles(own_url, ("older", 2026, False))
        newcomer = service.sign_up("newcomer")

    assert newcomer.user["role"] == "member"
    assert dict(query(own_url, ROLES)) == {"older": "member", "newcomer": "member"}


def set_role(service: UserService, username: str, role: str) -> Answer:
    return service.ask_internally("POST", "/internal/users/role", {"username": username, "role": role})


def test_another_role_holds_here_at_once_and_in_the_tokens_from_the_next_refresh(tmp_path: Path, own_url: str) -> None:
    with open_user_service(tmp_path, database_url=own_url) as service:
        service.sign_up("alice")
        bob = service.sign_up("bobby")
        told = set_role(service, "BOBBY", "admin")
        mine = service.get("/api/users/me", token=bob.access).body
        refreshed = service.post("/api/auth/refresh", {"refresh": bob.refresh}).body

    assert (told.status, told.body["id"], told.body["role"]) == (200, bob.id, "admin")
    assert mine["role"] == "admin"
    assert (refreshed["user"]["role"], claims_of(Person("bobby", **refreshed))["role"]) == ("admin", "admin")


def test_the_last_owner_stays_one(tmp_path: Path, own_url: str) -> None:
    with open_user_service(tmp_path, database_url=own_url) as service:
        alice, bob = service.sign_up("alice"), service.sign_up("bobby")
        alone = [set_role(service, "alice", role) for role in ("admin", "member", "guest")]
        kept = set_role(service, "alice", "owner")
        shared = set_role(service, "bobby", "owner")
        execute(own_url, "UPDATE users SET deactivated = ? WHERE username = ?", (True, bob.username))
        beside_one_who_is_gone = set_role(service, "alice", "member")
        execute(own_url, "UPDATE users SET deactivated = ? WHERE username = ?", (False, bob.username))
        handed_over = set_role(service, "alice", "member")
        mine = service.get("/api/users/me", token=alice.access).body

    assert [answer.code for answer in (*alone, beside_one_who_is_gone)] == ["conflict"] * 4
    assert [answer.status for answer in (kept, shared, handed_over)] == [200] * 3
    assert mine["role"] == "member"


def test_of_two_owners_who_lose_the_role_at_once_one_keeps_it(two_services: list[UserService], own_url: str) -> None:
    for name in ("alice", "bobby"):
        two_services[0].sign_up(name)
    for _ in range(ROUNDS):
        for name in ("alice", "bobby"):
            assert set_role(two_services[0], name, "owner").status == 200

        with ThreadPoolExecutor(2) as together:
            answers = list(together.map(set_role, two_services, ("alice", "bobby"), ("member", "member")))

        assert sorted(answer.status for answer in answers) == [200, 409]
        assert sorted(role for _, role in query(own_url, ROLES)) == ["member", "owner"]


def test_who_is_to_lose_the_role_waits_for_what_becomes_of_the_other_owner(
    tmp_path: Path, own_postgres_url: str
) -> None:
    with (
        open_user_service(tmp_path, database_url=own_postgres_url) as service,
        ThreadPoolExecutor(2) as together,
        psycopg.connect(own_postgres_url) as other,
    ):
        for name in ("alice", "bobby"):
            service.sign_up(name)
            set_role(service, name, "owner")
        # Nobody's row can be changed meanwhile, though everybody's can be looked at.
        other.execute("LOCK TABLE users IN SHARE MODE")
        losing = [together.submit(set_role, service, name, "member") for name in ("alice", "bobby")]
        wait_until(lambda: query(own_postgres_url, WAITING) == [(2,)])
        other.commit()

        assert sorted(future.result().status for future in losing) == [200, 409]


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"username": "nobody-here", "role": "admin"}, "not_found"),
        ({"username": "alice", "role": "emperor"}, "invalid"),
        ({"username": "alice"}, "invalid"),
    ],
)
def test_what_is_no_role_or_nobodys_name_changes_nothing(service: UserService, wanted: Json, code: str) -> None:
    assert service.ask_internally("POST", "/internal/users/role", wanted).code == code


def test_nobody_gets_a_role_who_does_not_show_the_service_secret(service: UserService) -> None:
    alice = service.sign_up()

    answer = service.post("/internal/users/role", {"username": alice.username, "role": "owner"}, token=alice.access)

    assert answer.code == "forbidden"


def test_the_command_changes_a_role_and_says_what_is_in_its_way(tmp_path: Path, own_sqlite_url: str) -> None:
    data = tmp_path / "data"
    nothing = chatflow("user", "role", "alice", "admin", "--data", str(data))
    prepare_data_folder(data)
    (data / "secrets" / "chatflow_service_secret").write_text(SERVICE_SECRET)
    lock = take_data_folder(data)
    with open_user_service(tmp_path, database_url=own_sqlite_url) as service:
        write_table(data, [Row("user_service", 1, service.port, "ready")])
        for name in ("alice", "bobby"):
            service.sign_up(name)
        said = chatflow("user", "role", "bobby", "owner", "--data", str(data))
        handed = chatflow("user", "role", "Alice", "guest", "--data", str(data))
        last = chatflow("user", "role", "bobby", "member", "--data", str(data))
        unknown = chatflow("user", "role", "nobody-here", "member", "--data", str(data))
        mistyped = chatflow("user", "role", "alice", "emperor", "--data", str(data))
        url = f"http://127.0.0.1:{service.port}"
        elsewhere = chatflow(
            "user", "role", "alice", "admin", CHATFLOW_USER_SERVICE_URL=url, CHATFLOW_SERVICE_SECRET=SERVICE_SECRET
        )
    os.close(lock)

    assert (nothing.returncode, nothing.stdout) == (3, f"ChatFlow is not running on {data}\n")
    assert (said.returncode, said.stdout, said.stderr) == (0, "bobby is owner now.\n", "")
    assert (handed.returncode, handed.stdout) == (0, "alice is guest now.\n")
    assert (last.returncode, last.stderr) == (1, "error: This is the last owner; make somebody else an owner first.\n")
    assert (unknown.returncode, unknown.stderr) == (1, "error: There is nobody with this name.\n")
    assert (mistyped.returncode, mistyped.stdout) == (2, "")
    assert (elsewhere.returncode, elsewhere.stdout) == (0, "alice is admin now.\n")
    assert dict(query(own_sqlite_url, ROLES)) == {"alice": "admin", "bobby": "owner"}
