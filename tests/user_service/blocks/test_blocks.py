"""Whom somebody blocks: set and lifted as often as one likes, listed to them alone, and not without bounds."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from chatflow.ids import new_id
from tests.user_service.database import execute
from tests.user_service.running import Answer, Person, UserService

BLOCKED_AT_MOST = 1000


@pytest.fixture
def alice(service: UserService) -> Person:
    return service.sign_up()


def block(service: UserService, person: Person, user_id: str) -> Answer:
    return service.ask("PUT", f"/api/users/me/blocks/{user_id}", token=person.access)


def unblock(service: UserService, person: Person, user_id: str) -> Answer:
    return service.ask("DELETE", f"/api/users/me/blocks/{user_id}", token=person.access)


def blocked(service: UserService, person: Person, **parameters: object) -> Answer:
    asked = "&".join(f"{name}={value}" for name, value in parameters.items())
    return service.get(f"/api/users/me/blocks?{asked}", token=person.access)


def test_blocks_are_listed_latest_first_and_end_as_often_as_one_likes(service: UserService, alice: Person) -> None:
    bob, carol = service.sign_up(), service.sign_up()

    done = [block(service, alice, person.id).status for person in (bob, carol, bob)]
    both = blocked(service, alice).body
    done += [unblock(service, alice, bob.id).status for _ in range(2)]

    assert done == [204] * 5
    assert both == {"items": [carol.user, bob.user], "next": None, "prev": None}
    assert blocked(service, alice).body["items"] == [carol.user]
    assert blocked(service, carol).body["items"] == []


def test_a_long_list_comes_in_pages(service: UserService, alice: Person) -> None:
    people = [service.sign_up() for _ in range(5)]
    for person in people:
        block(service, alice, person.id)

    first = blocked(service, alice, limit=2).body
    second = blocked(service, alice, limit=2, cursor=first["next"]).body
    third = blocked(service, alice, limit=2, cursor=second["next"]).body

    listed = [user["id"] for page in (first, second, third) for user in page["items"]]
    assert listed == [person.id for person in reversed(people)]
    assert third["next"] is None
    assert [blocked(service, alice, limit=limit).code for limit in (0, 101, "x")] == ["invalid"] * 3
    assert blocked(service, alice, cursor="x").code == "invalid"


def test_nobody_blocks_themselves_or_nobody(service: UserService, alice: Person) -> None:
    assert block(service, alice, alice.id).code == "invalid"
    assert block(service, alice, new_id()).code == "not_found"
    assert unblock(service, alice, new_id()).status == 204
    assert service.ask("PUT", "/api/users/me/blocks/x", token=alice.access).code == "not_found"


def test_one_blocks_a_thousand_people_at_most_however_many_are_asked_for_at_once(
    service: UserService, database_url: str, alice: Person
) -> None:
    crowd = [uuid.UUID(new_id()).hex for _ in range(BLOCKED_AT_MOST - 1)]
    execute(
        database_url,
        "INSERT INTO users (id, username, username_key, display_name, display_key, initials_key, password_hash, bot,"
        " deactivated, created_at) VALUES (?, '', ?, '', '', '', '', ?, ?, '2026-01-01 00:00:00+00:00')",
        *([user_id, user_id, False, False] for user_id in crowd),
    )
    execute(
        database_url,
        "INSERT INTO blocks (user_id, blocked_id) VALUES (?, ?)",
        *([uuid.UUID(alice.id).hex, user_id] for user_id in crowd),
    )
    others = [service.sign_up() for _ in range(4)]

    with ThreadPoolExecutor(4) as together:
        answers = list(together.map(lambda other: block(service, alice, other.id), others))

    assert sorted(answer.status for answer in answers) == [204, 409, 409, 409]
    kept = next(other for other, answer in zip(others, answers, strict=True) if answer.status == 204)
    assert block(service, alice, kept.id).status == 204
    assert unblock(service, alice, kept.id).status == 204
    assert block(service, alice, others[0].id).status == 204
