"""Whoever runs the installation changes roles; its last owner stays one."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from chatflow.supervisor.data_folder import prepare_data_folder
from chatflow.supervisor.locks import take_data_folder
from chatflow.supervisor.process_table import Row, write_table
from tests.actors.answers import Json
from tests.chatflow.supervisor.run import chatflow
from tests.user_service.database import ROLES, WAITING, execute, query
from tests.user_service.running import SERVICE_SECRET, Answer, Person, UserService, open_user_service, wait_until

ROUNDS = 8


def set_role(service: UserService, username: str, role: str) -> Answer:
    return service.ask_internally("POST", "/internal/users/role", {"username": username, "role": role})


def test_another_role_holds_here_at_once_and_in_the_tokens_from_the_next_refresh(
    tmp_path: Path, migrated_url: str
) -> None:
    with open_user_service(tmp_path, database_url=migrated_url) as service:
        service.sign_up("alice")
        bob = service.sign_up("bobby")
        told = set_role(service, "BOBBY", "admin")
        mine = service.get("/api/users/me", token=bob.access).body
        refreshed = service.post("/api/auth/refresh", {"refresh": bob.refresh}).body

    assert (told.status, told.body["id"], told.body["role"]) == (200, bob.id, "admin")
    assert mine["role"] == "admin"
    assert (refreshed["user"]["role"], Person("bobby", **refreshed).claims["role"]) == ("admin", "admin")


def test_the_last_owner_stays_one(tmp_path: Path, migrated_url: str) -> None:
    with open_user_service(tmp_path, database_url=migrated_url) as service:
        alice, bob = service.sign_up("alice"), service.sign_up("bobby")
        alone = [set_role(service, "alice", role) for role in ("admin", "member", "guest")]
        kept = set_role(service, "alice", "owner")
        shared = set_role(service, "bobby", "owner")
        execute(migrated_url, "UPDATE users SET deactivated = ? WHERE username = ?", (True, bob.username))
        beside_one_who_is_gone = set_role(service, "alice", "member")
        execute(migrated_url, "UPDATE users SET deactivated = ? WHERE username = ?", (False, bob.username))
        handed_over = set_role(service, "alice", "member")
        mine = service.get("/api/users/me", token=alice.access).body

    assert [answer.code for answer in (*alone, beside_one_who_is_gone)] == ["conflict"] * 4
    assert [answer.status for answer in (kept, shared, handed_over)] == [200] * 3
    assert mine["role"] == "member"


def test_of_two_owners_who_lose_the_role_at_once_one_keeps_it(
    two_services: list[UserService], migrated_url: str
) -> None:
    for name in ("alice", "bobby"):
        two_services[0].sign_up(name)
    for _ in range(ROUNDS):
        for name in ("alice", "bobby"):
            assert set_role(two_services[0], name, "owner").status == 200

        with ThreadPoolExecutor(2) as together:
            answers = list(together.map(set_role, two_services, ("alice", "bobby"), ("member", "member")))

        assert sorted(answer.status for answer in answers) == [200, 409]
        assert sorted(role for _, role in query(migrated_url, ROLES)) == ["member", "owner"]


def test_who_is_to_lose_the_role_waits_for_what_becomes_of_the_other_owner(
    tmp_path: Path, migrated_postgres_url: str
) -> None:
    with (
        open_user_service(tmp_path, database_url=migrated_postgres_url) as service,
        ThreadPoolExecutor(2) as together,
        psycopg.connect(migrated_postgres_url) as other,
    ):
        for name in ("alice", "bobby"):
            service.sign_up(name)
            set_role(service, name, "owner")
        # Nobody's row can be changed meanwhile, though everybody's can be looked at.
        other.execute("LOCK TABLE users IN SHARE MODE")
        losing = [together.submit(set_role, service, name, "member") for name in ("alice", "bobby")]
        wait_until(lambda: query(migrated_postgres_url, WAITING) == [(2,)])
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


def test_the_command_changes_a_role_and_says_what_is_in_its_way(tmp_path: Path, migrated_sqlite_url: str) -> None:
    data = tmp_path / "data"
    nothing = chatflow("user", "role", "alice", "admin", "--data", str(data))
    prepare_data_folder(data)
    (data / "secrets" / "chatflow_service_secret").write_text(SERVICE_SECRET)
    lock = take_data_folder(data)
    with open_user_service(tmp_path, database_url=migrated_sqlite_url) as service:
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
    assert dict(query(migrated_sqlite_url, ROLES)) == {"alice": "admin", "bobby": "owner"}
