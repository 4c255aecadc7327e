"""People are found by how their names begin, by initial consonants and by id, by whoever is signed in."""

from typing import Any

import pytest

from chatflow.ids import new_id
from tests.user_service.running import UNSAID, Person, UserService

# Of no account. Fixed, so that the names of the tests are the same in each process of a run.
NOBODYS_ID = "00000000-0000-7000-8000-000000000001"


@pytest.fixture(scope="module")
def asker(service: UserService) -> Person:
    for username, display_name in [
        ("minji", "김민지"),
        ("mina", "김미나"),
        ("chulsoo", "이철수 2"),
        ("percent", "100%"),
        ("100x", "Hundred"),
    ]:
        service.sign_up(username, display_name=display_name)
    return service.sign_up("asker")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("김", ["mina", "minji"]),
        ("김민", ["minji"]),
        ("ㄱㅁㅈ", ["minji"]),
        ("ㄱㅁ", ["mina", "minji"]),
        ("ㅇㅊㅅ 2", ["chulsoo"]),
        ("MIN", ["mina", "minji"]),
        ("100%", ["percent"]),
        ("_inji", []),
        ("민지", []),
    ],
)
def test_people_are_found_by_how_a_name_begins(
    service: UserService, asker: Person, text: str, found: list[str]
) -> None:
    answer = service.get(f"/api/users?q={encode(text)}", token=asker.access)

    assert set(answer.body) == {"items", "next", "prev"}
    assert [user["username"] for user in answer.body["items"]] == found


def encode(text: str) -> str:
    return "".join(f"%{byte:02x}" for byte in text.encode())


def test_a_search_is_bounded(service: UserService, asker: Person) -> None:
    for number in range(21):
        service.sign_up(f"crowd-{number}")

    assert len(service.get("/api/users?q=crowd", token=asker.access).body["items"]) == 20


def test_people_are_resolved_by_ids_in_the_order_asked_and_unknown_ones_left_out(
    service: UserService, asker: Person
) -> None:
    alice, bob = service.sign_up(), service.sign_up()

    answer = service.get(f"/api/users?ids={bob.id},{new_id()},{alice.id},{bob.id}", token=asker.access)

    assert answer.body["items"] == [bob.user, alice.user]
    inside = service.ask_internally("POST", "/internal/users", {"ids": [alice.id, new_id()]})
    assert inside.body == {"users": [alice.user]}


@pytest.mark.parametrize("query", ["ids=nonsense", "ids=" + ",".join([new_id()] * 101), "q=" + "x" * 101])
def test_a_search_beyond_its_bounds_is_refused(service: UserService, asker: Person, query: str) -> None:
    answer = service.get(f"/api/users?{query}", token=asker.access)

    assert (answer.status, answer.code) == (400, "invalid")


def test_one_person_is_shown_by_id(service: UserService, asker: Person) -> None:
    assert service.get(f"/api/users/{asker.id}", token=asker.access).body == asker.user
    for unknown in (new_id(), "nonsense"):
        assert service.get(f"/api/users/{unknown}", token=asker.access).code == "not_found"


def test_the_own_profile_is_changed_by_field(service: UserService) -> None:
    alice = service.sign_up()

    named = service.ask("PATCH", "/api/users/me", {"display_name": "앨리스", "username": "root"}, token=alice.access)
    busy = service.ask("PATCH", "/api/users/me", {"status": "점심"}, token=alice.access)
    free = service.ask("PATCH", "/api/users/me", {"status": None}, token=alice.access)

    assert named.body == {**alice.user, "display_name": "앨리스", **UNSAID}
    # As a client of the version before says it.
    assert busy.body == {**named.body, "status": {"text": "점심"}}
    assert free.body == named.body == service.get("/api/users/me", token=alice.access).body
    found = service.get(f"/api/users?q={encode('ㅇㄹㅅ')}", token=alice.access).body["items"]
    assert [user["id"] for user in found] == [alice.id]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"display_name": ""}, "display_name"),
        ({"display_name": None}, "display_name"),
        ({"status": "x" * 141}, "status.text"),
    ],
)
def test_a_profile_that_is_not_acceptable_is_refused(
    service: UserService, asker: Person, changes: dict[str, Any], field: str
) -> None:
    answer = service.ask("PATCH", "/api/users/me", changes, token=asker.access)

    assert answer.code == "invalid"
    assert answer.body["error"]["message"].startswith(f"{field}: ")


@pytest.mark.parametrize("path", ["/api/users?q=a", "/api/users/me", f"/api/users/{NOBODYS_ID}", "/api/auth/sessions"])
def test_nobody_is_shown_to_a_stranger(service: UserService, path: str) -> None:
    assert service.get(path).code == "unauthenticated"
    assert service.get(path, token="nonsense").code == "unauthenticated"


@pytest.mark.parametrize("credential", ["", "Service wrong", "Bearer wrong", "Service"])
def test_internal_endpoints_want_the_service_secret(service: UserService, credential: str) -> None:
    asked = service.ask("GET", "/internal/revocations?after=0", headers={"Authorization": credential})

    assert (asked.status, asked.code) == (403, "forbidden")


def test_a_profile_changes_only_so_often(service: UserService) -> None:
    restless = service.sign_up("restless")
    answers = [
        service.ask("PATCH", "/api/users/me", {"status": f"{number}"}, token=restless.access) for number in range(31)
    ]
    assert [answer.status for answer in answers] == [200] * 30 + [429]
    assert answers[-1].body["error"]["code"] == "rate_limited"
    assert 0 < answers[-1].body["error"]["retry_after"] <= 60
