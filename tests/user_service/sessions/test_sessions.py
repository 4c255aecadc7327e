"""A session ends when its person says so, for good, and every verifier can learn of it from where it left off."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from chatflow.ids import new_id
from tests.user_service.database import execute, query, run_in_django
from tests.user_service.running import PASSWORD, Person, UserService, open_user_service, wait_until

LONG_AGO = "2020-01-01 00:00:00+00:00"
NEVER = "2999-01-01 00:00:00+00:00"
FAR_AWAY = "2090-01-01 00:00:00+00:00"
MANY = 1200


@pytest.fixture
def alice(service: UserService) -> Person:
    return service.sign_up()


@pytest.fixture
def second_device(service: UserService, alice: Person) -> Person:
    answer = service.post(
        "/api/auth/login",
        {"login": alice.username, "password": PASSWORD},
        headers={"User-Agent": "Phone " + "x" * 300},
    )
    return Person(alice.username, **answer.body)


def is_signed_in(service: UserService, device: Person) -> bool:
    return service.get("/api/users/me", token=device.access).status == 200


def sessions_of(service: UserService, device: Person) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = service.get("/api/auth/sessions", token=device.access).body["items"]
    return items


def revocations(service: UserService, *, after: int) -> dict[str, Any]:
    body: dict[str, Any] = service.ask_internally("GET", f"/internal/revocations?after={after}").body
    return body


def test_devices_are_listed_and_the_asking_one_is_marked(
    service: UserService, alice: Person, second_device: Person
) -> None:
    listed = sessions_of(service, second_device)

    assert [session["current"] for session in listed] == [True, False]
    assert len(listed[0]["user_agent"]) == 200
    assert all(datetime.fromisoformat(session["created_at"]).tzinfo for session in listed)


def test_logging_out_ends_this_device_alone(service: UserService, alice: Person, second_device: Person) -> None:
    assert service.post("/api/auth/logout", {}, token=alice.access).status == 204

    assert not is_signed_in(service, alice)
    assert service.post("/api/auth/refresh", {"refresh": alice.refresh}).code == "unauthenticated"
    assert is_signed_in(service, second_device)


def test_logging_out_works_by_the_refresh_token_too(service: UserService, alice: Person) -> None:
    assert service.post("/api/auth/logout", {"refresh": alice.refresh}).status == 204

    assert not is_signed_in(service, alice)
    assert service.post("/api/auth/logout", {}).code == "unauthenticated"


def test_logging_out_everywhere_ends_every_device(service: UserService, alice: Person, second_device: Person) -> None:
    assert service.post("/api/auth/logout-all", {}, token=alice.access).status == 204

    assert not is_signed_in(service, alice)
    assert not is_signed_in(service, second_device)


def test_another_device_is_signed_out_by_its_id_and_nobody_elses(
    service: UserService, alice: Person, second_device: Person
) -> None:
    (other,) = [session["id"] for session in sessions_of(service, alice) if not session["current"]]
    mallory = service.sign_up()

    for unknown in (other, new_id()):
        answer = service.ask("DELETE", f"/api/auth/sessions/{unknown}", token=mallory.access)
        assert (answer.status, answer.code) == (404, "not_found")
    assert service.ask("DELETE", f"/api/auth/sessions/{other}", token=alice.access).status == 204

    assert not is_signed_in(service, second_device)
    assert is_signed_in(service, alice)


def test_a_new_password_ends_every_other_device(service: UserService, alice: Person, second_device: Person) -> None:
    wrong = service.post("/api/auth/password/change", {"current": "no", "new": PASSWORD + "!"}, token=alice.access)
    weak = service.post("/api/auth/password/change", {"current": PASSWORD, "new": "password1"}, token=alice.access)
    right = service.post("/api/auth/password/change", {"current": PASSWORD, "new": PASSWORD + "!"}, token=alice.access)

    assert (wrong.status, weak.status, right.status) == (403, 400, 204)
    assert is_signed_in(service, alice)
    assert not is_signed_in(service, second_device)
    for password, status in ((PASSWORD, 401), (PASSWORD + "!", 200)):
        assert service.post("/api/auth/login", {"login": alice.username, "password": password}).status == status


def test_revocations_are_told_once_from_a_growing_position(
    service: UserService, alice: Person, second_device: Person
) -> None:
    before = revocations(service, after=0)["position"]
    ids = {session["id"] for session in sessions_of(service, alice)}
    service.post("/api/auth/logout-all", {}, token=alice.access)

    page = revocations(service, after=before)

    assert page["position"] == before + 2
    assert {revoked["session_id"] for revoked in page["revoked"]} == ids
    assert all(revoked["expires_at"] >= alice.expires_at[:19] for revoked in page["revoked"])
    assert revocations(service, after=page["position"]) == {"position": page["position"], "revoked": []}


def test_a_poller_misses_no_revocation_however_many_happen_at_once(service: UserService) -> None:
    people = [service.sign_up() for _ in range(24)]
    ended = {session["id"] for person in people for session in sessions_of(service, person)}
    position = revocations(service, after=0)["position"]
    seen: set[str] = set()

    with ThreadPoolExecutor(8) as together:
        logouts = [together.submit(service.post, "/api/auth/logout", {}, token=person.access) for person in people]
        all_ended = False
        while not all_ended:
            # Asked before the page, which is then the last that can bring anything.
            all_ended = all(logout.done() for logout in logouts)
            page = revocations(service, after=position)
            position, seen = page["position"], seen | {revoked["session_id"] for revoked in page["revoked"]}

    assert seen == ended


def test_a_position_from_another_database_is_answered_by_the_true_one(service: UserService) -> None:
    true = revocations(service, after=0)["position"]

    assert revocations(service, after=true + 1000) == {"position": true, "revoked": []}


@pytest.mark.parametrize("after", ["-1", "x", "9" * 30])
def test_a_position_that_is_none_is_refused(service: UserService, after: str) -> None:
    assert service.ask_internally("GET", f"/internal/revocations?after={after}").code == "invalid"


LAST_TOKEN = "UPDATE sessions SET access_until = ? WHERE user_id = (SELECT id FROM users WHERE username = ?)"
END = "UPDATE sessions SET expires_at = ? WHERE user_id = (SELECT id FROM users WHERE username = ?)"


def test_a_verifier_that_was_away_learns_of_every_revocation_page_by_page(tmp_path: Path, migrated_url: str) -> None:
    seen: list[str] = []
    with open_user_service(tmp_path, database_url=migrated_url) as service:
        alice = service.sign_up()
        age(migrated_url, alice, count=MANY, revoked_at=LONG_AGO, first_position=1, access_until=FAR_AWAY)
        execute(migrated_url, "UPDATE revocation_counter SET position = ?", (MANY,))

        page = revocations(service, after=0)
        while page["revoked"]:
            seen += [revoked["session_id"] for revoked in page["revoked"]]
            page = revocations(service, after=page["position"])

    assert page["position"] == MANY
    assert len(set(seen)) == len(seen) == MANY


def test_the_end_of_a_session_is_told_for_as_long_as_its_last_token_lives(
    service: UserService, database_url: str, alice: Person
) -> None:
    (session,) = sessions_of(service, alice)
    execute(database_url, LAST_TOKEN, (LONG_AGO, alice.username))
    refreshed = service.post("/api/auth/refresh", {"refresh": alice.refresh}).body
    before = revocations(service, after=0)["position"]

    service.post("/api/auth/logout", {"refresh": refreshed["refresh"]})

    (revoked,) = revocations(service, after=before)["revoked"]
    assert revoked["session_id"] == session["id"]
    assert revoked["expires_at"] >= refreshed["expires_at"][:19]


def test_an_expired_session_is_not_refreshed_and_not_listed(
    service: UserService, database_url: str, alice: Person, second_device: Person
) -> None:
    # Both of them; the access token of one lives a little longer.
    execute(database_url, END, (LONG_AGO, alice.username))

    assert service.post("/api/auth/refresh", {"refresh": alice.refresh}).code == "unauthenticated"
    assert sessions_of(service, second_device) == []


def test_whoever_is_deactivated_is_out_at_once_and_found_by_nobody(
    service: UserService, database_url: str, alice: Person
) -> None:
    somebody = service.sign_up()
    execute(database_url, "UPDATE users SET deactivated = TRUE WHERE username = ?", (alice.username,))

    assert not is_signed_in(service, alice)
    assert service.post("/api/auth/refresh", {"refresh": alice.refresh}).code == "unauthenticated"
    login = {"login": alice.username, "password": PASSWORD}
    assert service.post("/api/auth/login", login).code == "unauthenticated"
    assert service.get(f"/api/users?q={alice.username}", token=somebody.access).body["items"] == []


def test_what_opens_nothing_any_more_is_forgotten_and_nothing_else(tmp_path: Path, migrated_url: str) -> None:
    with open_user_service(tmp_path, database_url=migrated_url) as before:
        alice, bob, carol = before.sign_up(), before.sign_up(), before.sign_up()
        before.post("/api/auth/logout", {}, token=bob.access)
        position = revocations(before, after=0)["position"]
        # Nobody asked for an access token for years, but the refresh token has not expired.
        execute(migrated_url, "UPDATE sessions SET access_until = ? WHERE revoked_at IS NULL", (LONG_AGO,))
        age(migrated_url, bob, count=MANY, revoked_at=LONG_AGO, first_position=position + 1)
        age(migrated_url, carol, count=MANY, revoked_at=None)
        execute(migrated_url, "UPDATE revocation_counter SET position = ?", (position + MANY,))

    with open_user_service(tmp_path, database_url=migrated_url, retention_grace_seconds="0") as after:
        wait_until(lambda: query(migrated_url, "SELECT count(*) FROM sessions") == [(3,)])
        page = revocations(after, after=0)

        # Whoever stood at a position of long ago goes on from there and misses nothing.
        assert revocations(after, after=position - 1) == page
        assert (page["position"], len(page["revoked"])) == (position + MANY, 1)
        assert not is_signed_in(after, bob)
        assert is_signed_in(after, alice)
        assert after.post("/api/auth/refresh", {"refresh": carol.refresh}).status == 200


TIDY_WITH_A_CLOCK_SET_AHEAD = """
import time
from chatflow.process.settled_clock import SettledClock
from user_service.tidying import tidy

wall, elapsed = [time.time()], [0.0]
clock = SettledClock(grace_seconds=60, wall=lambda: wall[0], elapsed=lambda: elapsed[0])
wall[0] += 40 * 86_400
elapsed[0] += 60
tidy(clock)
"""
STANDING = """
elapsed[0] += 60
tidy(clock)
"""


def test_a_clock_that_was_set_ahead_ends_no_session_until_it_has_stood(tmp_path: Path, migrated_url: str) -> None:
    with open_user_service(tmp_path, database_url=migrated_url) as service:
        alice = service.sign_up()
        execute(migrated_url, "INSERT INTO django_session VALUES (?, '', ?)", ("left", LONG_AGO), ("kept", NEVER))
        run_in_django(migrated_url, TIDY_WITH_A_CLOCK_SET_AHEAD)
        assert service.post("/api/auth/refresh", {"refresh": alice.refresh}).status == 200
        assert query(migrated_url, "SELECT count(*) FROM django_session") == [(2,)]

        run_in_django(migrated_url, TIDY_WITH_A_CLOCK_SET_AHEAD + STANDING)
        assert query(migrated_url, "SELECT count(*) FROM sessions") == [(0,)]
        # And what the admin left behind.
        assert query(migrated_url, "SELECT session_key FROM django_session") == [("kept",)]


def age(
    database_url: str,
    person: Person,
    *,
    count: int,
    revoked_at: str | None,
    first_position: int = 0,
    access_until: str = LONG_AGO,
) -> None:
    """Give a person sessions that ended, or that nobody used, years ago."""
    (user_id,) = (row[0] for row in query(database_url, "SELECT id, username FROM users") if row[1] == person.username)
    execute(
        database_url,
        "INSERT INTO sessions (id, user_id, user_agent, created_at, last_used_at, expires_at, access_until, token_hash,"
        " rotated_at, revoked_at, revoked_reason, revoked_position) VALUES (?, ?, '', ?, ?, ?, ?, ?, ?, ?, '', ?)",
        *(
            [
                uuid.uuid4().hex,
                user_id,
                *[LONG_AGO] * 3,
                access_until,
                b"",
                LONG_AGO,
                revoked_at,
                revoked_at and first_position + number,
            ]
            for number in range(count)
        ),
    )
