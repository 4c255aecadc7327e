"""An older version and this one work on one database: accounts, sessions and passwords are the same to both."""

from pathlib import Path
from urllib.parse import quote

import pytest

from tests.older_version import unpack_version
from tests.user_service.database import execute, query
from tests.user_service.running import PASSWORD, Person, UserService, open_older_service, open_user_service

FIRST, BEFORE = "e92aa47a8818", "8c22c4c5c000"
PACKAGES = {FIRST: ["chatflow", "user_service"], BEFORE: ["chatflow", "chatflow_django", "user_service"]}
NEW_PASSWORD = "another horse, another battery"
HASHES = "SELECT username, password_hash FROM users"


@pytest.fixture(params=[pytest.param(FIRST, marks=pytest.mark.long), BEFORE])
def older_program(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an older version, as the history of the repository has it."""
    return unpack_version(request.param, *PACKAGES[request.param], folder=tmp_path_factory.mktemp("older"))


def logs_in(service: UserService, person: Person, password: str = PASSWORD) -> int:
    return service.post("/api/auth/login", {"login": person.username, "password": password}).status


def changes_password(service: UserService, person: Person, old: str, new: str) -> int:
    change = {"current": old, "new": new}
    return service.post("/api/auth/password/change", change, token=person.access).status


def refreshes(service: UserService, person: Person) -> Person:
    return Person(person.username, **service.post("/api/auth/refresh", {"refresh": person.refresh}).body)


def test_both_versions_work_on_one_database_and_going_back_loses_nothing(
    tmp_path: Path, own_url: str, older_program: Path
) -> None:
    with open_older_service(tmp_path, database_url=own_url, program=older_program) as older:
        alice, minji, gone, bob = (older.sign_up(name) for name in ("alice", "김민지", "gone", "bobby"))
        older.post("/api/auth/logout", {}, token=bob.access)
        execute(own_url, "UPDATE users SET deactivated = ? WHERE username = ?", (True, "gone"))
        hashes = dict(query(own_url, HASHES))

        with open_user_service(tmp_path, database_url=own_url) as newer:
            # What the older version made is all here.
            assert newer.get("/api/users/me", token=alice.access).body["role"] == "owner"
            assert newer.get("/api/users/me", token=bob.access).status == 401
            assert [logs_in(newer, person) for person in (alice, minji, gone)] == [200, 200, 401]
            assert newer.get(f"/api/users?q={quote('ㄱㅁㅈ')}", token=alice.access).body["items"][0]["id"] == minji.id

            # Both go on, each with what the other makes.
            carol, dave = older.sign_up("carol"), newer.sign_up("dave")
            assert [logs_in(service, person) for service in (older, newer) for person in (carol, dave)] == [200] * 4
            carol, dave = refreshes(newer, carol), refreshes(older, dave)
            assert changes_password(newer, carol, PASSWORD, NEW_PASSWORD) == 204
            assert changes_password(older, dave, PASSWORD, NEW_PASSWORD) == 204
            assert [logs_in(older, carol), logs_in(older, carol, NEW_PASSWORD)] == [401, 200]
            assert [logs_in(newer, dave), logs_in(newer, dave, NEW_PASSWORD)] == [401, 200]
            newer.post("/api/auth/logout", {}, token=carol.access)
            assert older.get("/api/users/me", token=carol.access).status == 401

    after = dict(query(own_url, HASHES))
    assert {encoded[:31] for encoded in after.values()} == {"$argon2id$v=19$m=19456,t=2,p=1$"}
    assert (after["gone"], after["alice"] == hashes["alice"]) == (hashes["gone"], False)

    with open_older_service(tmp_path, database_url=own_url, program=older_program) as older:
        assert [logs_in(older, person) for person in (alice, minji, older.sign_up("erin"))] == [200] * 3
        assert [logs_in(older, person, NEW_PASSWORD) for person in (carol, dave)] == [200, 200]
