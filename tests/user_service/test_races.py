"""What happens to one account at once: no old password lets anybody in for longer, and no change undoes another."""

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import argon2
import psycopg
import pytest

from tests.user_service.database import WAITING, execute, query
from tests.user_service.running import PASSWORD, Answer, Person, UserService, open_user_service, wait_until

NEW_PASSWORD = "another horse, another battery"
# Weaker than today's, as an older version made them.
OLD_HASHER = argon2.PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1)
ROUNDS = 4


def log_in(service: UserService, person: Person, password: str = PASSWORD) -> Answer:
    return service.post("/api/auth/login", {"login": person.username, "password": password})


def weaken(database_url: str, person: Person) -> None:
    hashed = OLD_HASHER.hash(PASSWORD)
    execute(database_url, "UPDATE users SET password_hash = ? WHERE username = ?", (hashed, person.username))


def change_password(service: UserService, person: Person) -> Answer:
    change = {"current": PASSWORD, "new": NEW_PASSWORD}
    return service.post("/api/auth/password/change", change, token=person.access)


def log_in_meanwhile(service: UserService, person: Person) -> list[Answer]:
    """Change the password, and sign in by the old one all the time until that is done; return those who got in."""
    with ThreadPoolExecutor(4) as together:
        change = together.submit(change_password, service, person)
        devices = [together.submit(log_in_until, service, person, change) for _ in range(3)]
        assert change.result().status == 204
        return [answer for device in devices for answer in device.result() if answer.status == 200]


def log_in_until(service: UserService, person: Person, change: "Future[Answer]") -> list[Answer]:
    answers = []
    while not change.done():
        answers.append(log_in(service, person))
    return answers


@pytest.mark.parametrize("number", range(ROUNDS))
def test_no_login_by_the_old_password_outlives_its_change(service: UserService, number: int) -> None:
    alice = service.sign_up()

    got_in = log_in_meanwhile(service, alice)

    assert [service.get("/api/users/me", token=one.body["access"]).status for one in got_in] == [401] * len(got_in)
    assert service.get("/api/users/me", token=alice.access).status == 200


@pytest.mark.parametrize("number", range(ROUNDS))
def test_a_hash_made_anew_does_not_bring_the_old_password_back(
    service: UserService, database_url: str, number: int
) -> None:
    alice = service.sign_up()
    execute(
        database_url,
        "UPDATE users SET password_hash = ? WHERE username = ?",
        (OLD_HASHER.hash(PASSWORD), alice.username),
    )

    log_in_meanwhile(service, alice)

    assert (log_in(service, alice).status, log_in(service, alice, NEW_PASSWORD).status) == (401, 200)


def test_an_old_hash_is_made_anew_at_a_login_and_nobody_is_kept_out_by_that(
    service: UserService, database_url: str
) -> None:
    alice = service.sign_up()
    execute(
        database_url,
        "UPDATE users SET password_hash = ? WHERE username = ?",
        (OLD_HASHER.hash(PASSWORD), alice.username),
    )

    with ThreadPoolExecutor(6) as together:
        statuses = list(together.map(lambda _: log_in(service, alice).status, range(6)))

    hashes = dict(query(database_url, "SELECT username, password_hash FROM users"))
    assert statuses == [200] * 6
    assert "$m=19456,t=2,p=1$" in hashes[alice.username]


def test_of_two_devices_that_change_the_password_at_once_one_does(service: UserService) -> None:
    alice = service.sign_up()
    devices = [alice, *(Person(alice.username, **log_in(service, alice).body) for _ in range(3))]

    with ThreadPoolExecutor(4) as together:
        answers = list(together.map(lambda device: change_password(service, device).status, devices))

    assert sorted(answers)[0] == 204
    assert set(sorted(answers)[1:]) <= {401, 403}
    alive = [service.get("/api/users/me", token=device.access).status for device in devices]
    assert alive == [200 if answer == 204 else 401 for answer in answers]


def test_a_refresh_that_waited_for_the_end_of_its_session_is_refused(
    tmp_path: Path, migrated_postgres_url: str
) -> None:
    with (
        open_user_service(tmp_path, database_url=migrated_postgres_url) as service,
        ThreadPoolExecutor(1) as together,
        psycopg.connect(migrated_postgres_url) as other,
    ):
        alice = service.sign_up()
        other.execute("UPDATE sessions SET revoked_at = now()")
        refreshing = together.submit(service.post, "/api/auth/refresh", {"refresh": alice.refresh})
        wait_until(lambda: query(migrated_postgres_url, WAITING) == [(1,)])
        other.commit()

        assert refreshing.result().status == 401
        assert service.get("/api/users/me", token=alice.access).status == 401


@pytest.mark.parametrize("number", range(ROUNDS))
def test_of_two_changes_of_a_profile_none_is_lost(service: UserService, number: int) -> None:
    alice = service.sign_up()
    changes = [{"display_name": "Alice L."}, {"status": "away"}] * 2

    with ThreadPoolExecutor(4) as together:
        answers = list(
            together.map(lambda change: service.ask("PATCH", "/api/users/me", change, token=alice.access), changes)
        )

    assert [answer.status for answer in answers] == [200] * 4
    profile = service.get("/api/users/me", token=alice.access).body
    assert (profile["display_name"], profile["status"]) == ("Alice L.", {"text": "away"})
