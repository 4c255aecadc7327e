"""A refresh token is good once; its answer may be lost for a while, and a stolen one costs the thief the session."""

import secrets
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.user_service.running import Person, UserService


@pytest.fixture
def alice(service: UserService) -> Person:
    return service.sign_up()


def refresh(service: UserService, token: str) -> str:
    answer = service.post("/api/auth/refresh", {"refresh": token})
    assert answer.status == 200, answer
    assert set(answer.body) == {"user", "access", "expires_at", "refresh"}
    assert service.get("/api/users/me", token=answer.body["access"]).status == 200
    successor: str = answer.body["refresh"]
    return successor


def is_refused(service: UserService, token: str) -> bool:
    answer = service.post("/api/auth/refresh", {"refresh": token})
    return (answer.status, answer.code) == (401, "unauthenticated")


def test_each_token_has_another_successor(service: UserService, alice: Person) -> None:
    second = refresh(service, alice.refresh)
    third = refresh(service, second)

    assert len({alice.refresh, second, third}) == 3


def test_a_client_that_lost_the_answer_gets_the_same_successor(service: UserService, alice: Person) -> None:
    assert refresh(service, alice.refresh) == refresh(service, alice.refresh)


def test_a_token_that_comes_back_after_its_successor_was_used_ends_the_session(
    service: UserService, alice: Person
) -> None:
    second = refresh(service, alice.refresh)
    third = refresh(service, second)

    assert is_refused(service, alice.refresh)
    assert is_refused(service, third)
    assert service.get("/api/users/me", token=alice.access).code == "unauthenticated"


def test_ten_refreshes_at_once_keep_the_user_in(service: UserService, alice: Person) -> None:
    with ThreadPoolExecutor(10) as together:
        successors = set(together.map(lambda _: refresh(service, alice.refresh), range(10)))

    assert len(successors) == 1
    refresh(service, successors.pop())


def test_a_forged_token_is_refused_and_harms_nobody(service: UserService, alice: Person) -> None:
    body = alice.refresh.removeprefix("cfr_")
    # The session's true id with another secret: its tag cannot be known.
    forged = "cfr_" + body[:30] + secrets.token_urlsafe(64)[: len(body) - 30]

    for token in (forged, alice.refresh[:-2] + "AA", "cfr_", "nonsense", "ü" * 86):
        assert is_refused(service, token)

    refresh(service, alice.refresh)


def test_a_token_is_not_kept_in_the_clear(service: UserService, alice: Person) -> None:
    kept = b"".join(file.read_bytes() for file in service.folder.glob("users.db*"))

    assert alice.refresh.encode() not in kept
    assert alice.refresh not in (service.folder / "log").read_text()


def test_without_a_token_the_field_is_named(service: UserService) -> None:
    answer = service.post("/api/auth/refresh", {})

    assert answer.code == "invalid"
    assert answer.body["error"]["message"].startswith("refresh: ")
