"""The feed of facts: what changed after a position, each only as it is now, in order, and never missed."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import pytest

from chatflow.auth.account_facts.pages import FactPage
from chatflow.auth.account_facts.replica import AccountFacts
from chatflow.ids import new_id
from tests.user_service.database import execute, migrate_to, query, run_django, run_in_django
from tests.user_service.feed.version_before import version_before
from tests.user_service.running import Person, UserService, open_user_service

__all__ = ["version_before"]

ALL = "session,deactivated,role,block,profile"
MANY = 1200
FAR_AWAY = "2090-01-01 00:00:00+00:00"
LONG_AGO = "2020-01-01 00:00:00+00:00"


def ask(service: UserService, *, after: int, kinds: str = ALL) -> dict[str, Any]:
    answer = service.ask_internally("GET", f"/internal/facts?after={after}&kinds={kinds}")
    assert answer.status == 200, answer
    return dict(answer.body)


def facts_after(service: UserService, position: int, *, kinds: str = ALL) -> list[dict[str, Any]]:
    """Return all there is, page by page."""
    facts: list[dict[str, Any]] = []
    more = True
    while more:
        page = ask(service, after=position, kinds=kinds)
        position, more = page["position"], page["more"]
        facts += page["facts"]
    return facts


def position_of(service: UserService) -> int:
    """Return the last position: whoever comes with one from elsewhere is told it."""
    return int(ask(service, after=10**17)["position"])


def give_role(service: UserService, person: Person, role: str) -> None:
    wanted = {"username": person.username, "role": role}
    assert service.ask_internally("POST", "/internal/users/role", wanted).status == 200


def deactivate(database_url: str, person: Person, *, deactivated: bool = True) -> None:
    run_in_django(
        database_url,
        "from user_service.sessions.deactivating import change_deactivated\n"
        f"change_deactivated('{person.id}', deactivated={deactivated})",
    )


def test_each_kind_of_change_is_told_once_and_in_order(service: UserService, database_url: str) -> None:
    _owner, alice, bob = service.sign_up(), service.sign_up(), service.sign_up()
    (session,) = service.get("/api/auth/sessions", token=bob.access).body["items"]
    before = position_of(service)

    service.ask("PUT", f"/api/users/me/blocks/{bob.id}", token=alice.access)
    give_role(service, alice, "guest")
    service.ask("PATCH", "/api/users/me", {"status": "away"}, token=alice.access)
    service.ask("DELETE", f"/api/users/me/blocks/{bob.id}", token=alice.access)
    service.post("/api/auth/logout", {}, token=bob.access)
    deactivate(database_url, bob)
    facts = facts_after(service, before)

    # The block and the first change of the profile have given way to what came after them.
    assert [fact["kind"] for fact in facts] == ["role", "profile", "block", "session", "deactivated", "profile"]
    role, profile, block, revoked, deactivated, gone = facts
    assert role == {"kind": "role", "user_id": alice.id, "role": "guest"}
    assert (profile["user"]["id"], profile["user"]["status"], profile["user"]["role"]) == (
        alice.id,
        {"text": "away"},
        "guest",
    )
    assert block == {"kind": "block", "user_id": alice.id, "blocked_id": bob.id, "holds": False}
    assert revoked["session_id"] == session["id"]
    assert revoked["expires_at"] >= bob.expires_at[:19]
    assert deactivated == {"kind": "deactivated", "user_id": bob.id, "holds": True}
    assert (gone["user"]["id"], gone["user"]["deactivated"]) == (bob.id, True)
    assert ask(service, after=position_of(service)) == {"position": position_of(service), "facts": [], "more": False}

    deactivate(database_url, bob, deactivated=False)
    assert {"kind": "deactivated", "user_id": bob.id, "holds": False} in facts_after(service, before)


def test_only_the_kinds_that_are_asked_for_are_told(service: UserService) -> None:
    _owner, alice = service.sign_up(), service.sign_up()
    before = position_of(service)
    give_role(service, alice, "admin")

    assert [fact["kind"] for fact in facts_after(service, before, kinds="role,session")] == ["role"]
    # Whoever reads no profiles goes on from behind them all the same.
    assert ask(service, after=before, kinds="block") == {
        "position": position_of(service),
        "facts": [],
        "more": False,
    }


def test_a_follower_that_knows_more_kinds_gets_those_that_there_are(service: UserService) -> None:
    assert ask(service, after=0, kinds="role,weather")["facts"] == ask(service, after=0, kinds="role")["facts"]


@pytest.mark.parametrize("asked", ["after=-1", "after=x", "after=0&kinds=", "after=0&kinds=nothing"])
def test_what_is_no_position_or_no_kind_is_refused(service: UserService, asked: str) -> None:
    assert service.ask_internally("GET", f"/internal/facts?{asked}").code == "invalid"


def test_the_feed_wants_the_service_secret(service: UserService) -> None:
    alice = service.sign_up()

    assert service.get("/internal/facts?after=0", token=alice.access).code == "forbidden"


def test_a_position_from_another_database_is_answered_by_the_true_one(service: UserService) -> None:
    true = position_of(service)

    assert ask(service, after=true + 1000) == {"position": true, "facts": [], "more": False}


def test_whoever_follows_misses_nothing_however_much_happens_at_once(service: UserService) -> None:
    people = [service.sign_up() for _ in range(16)]
    blocked = people[0]
    position = position_of(service)
    seen: set[str] = set()

    with ThreadPoolExecutor(8) as together:
        asked = [
            together.submit(service.ask, "PUT", f"/api/users/me/blocks/{blocked.id}", token=person.access)
            for person in people[1:]
        ]
        asked += [together.submit(service.post, "/api/auth/logout", {}, token=person.access) for person in people[8:]]
        are_done = False
        while not are_done:
            # Asked before the page, which is then the last that can bring anything.
            are_done = all(future.done() for future in asked)
            page = ask(service, after=position)
            position, seen = page["position"], seen | {fact.get("user_id", fact["kind"]) for fact in page["facts"]}

    assert {future.result().status for future in asked} <= {204, 401}
    assert {person.id for person in people[1:8]} | {"session"} <= seen


def test_a_follower_reads_page_by_page_what_holds_now(service: UserService, database_url: str) -> None:
    alice = service.sign_up()
    position = position_of(service)
    blocked = [str(uuid.uuid4()) for _ in range(MANY)]
    execute(
        database_url,
        "INSERT INTO facts (kind, subject, other, position, value, holds) VALUES ('block', ?, ?, ?, '', ?)",
        *(
            [uuid.UUID(alice.id).hex, uuid.UUID(each).hex, position + place, place % 2 == 0]
            for place, each in enumerate(blocked, start=1)
        ),
    )
    execute(database_url, "UPDATE revocation_counter SET position = ?", (position + MANY,))
    facts = AccountFacts("session", "block", "profile")
    sizes = []
    while not facts.loaded:
        page = msgspec.convert(service.ask_internally("GET", facts.path).body, FactPage)
        facts.absorb(page)
        sizes.append(len(page.facts))

    assert max(sizes) == 500
    assert [facts.blocks(alice.id, each) for each in blocked] == [place % 2 == 0 for place in range(1, MANY + 1)]


FORGETTING = """
from datetime import UTC, datetime
from user_service.accounts.models import User
from user_service.tidying import forget_dead
User.objects.filter(username__in={names}).delete()
forget_dead(now=datetime.now(UTC))
"""


def test_a_revocation_outlives_the_person_and_is_forgotten_with_its_tokens(
    service: UserService, database_url: str
) -> None:
    alice, bob, carol = service.sign_up(), service.sign_up(), service.sign_up()
    people = (alice, bob, carol)
    ids = [service.get("/api/auth/sessions", token=each.access).body["items"][0]["id"] for each in people]
    before = position_of(service)
    for person in people:
        service.ask("PUT", f"/api/users/me/blocks/{people[0].id}", token=person.access)
        service.post("/api/auth/logout", {}, token=person.access)
    dead = uuid.UUID(ids[2])
    execute(
        database_url, "UPDATE facts SET expires_at = ? WHERE subject = ?", (LONG_AGO, native_id(dead, database_url))
    )

    run_in_django(database_url, FORGETTING.format(names=[each.username for each in people]))

    assert {user[0] for user in query(database_url, "SELECT username FROM users")}.isdisjoint(
        each.username for each in people
    )
    assert [fact["session_id"] for fact in facts_after(service, before, kinds="session")] == ids[:2]
    kept = {uuid.UUID(str(row[0])) for row in query(database_url, "SELECT subject FROM facts WHERE kind = 'session'")}
    assert kept >= {uuid.UUID(each) for each in ids[:2]}
    assert dead not in kept


def test_what_held_before_there_were_facts_is_told(tmp_path: Path, own_url: str) -> None:
    migrate_to(own_url, ("user_accounts", "0003"), ("user_sessions", "0003"))
    owner, gone = new_id(), new_id()
    execute(
        own_url,
        "INSERT INTO users (id, username, username_key, display_name, display_key, initials_key, password_hash, bot,"
        " deactivated, created_at, role) VALUES (?, ?, ?, ?, ?, ?, '', ?, ?, ?, ?)",
        [uuid.UUID(owner).hex, *["owner"] * 5, False, False, LONG_AGO, "owner"],
        [uuid.UUID(gone).hex, *["gone"] * 5, False, True, LONG_AGO, "member"],
    )
    ended = new_id()
    execute(
        own_url,
        "INSERT INTO sessions (id, user_id, user_agent, created_at, last_used_at, expires_at, access_until, token_hash,"
        " rotated_at, revoked_at, revoked_reason, revoked_position) VALUES (?, ?, '', ?, ?, ?, ?, ?, ?, ?, '', 7)",
        [uuid.UUID(ended).hex, uuid.UUID(owner).hex, *[LONG_AGO] * 3, FAR_AWAY, b"", LONG_AGO, LONG_AGO],
    )
    execute(own_url, "UPDATE revocation_counter SET position = 7")

    with open_user_service(tmp_path, database_url=own_url) as service:
        facts = facts_after(service, 0)
        # Who followed revocations goes on from their position, and hears of what came with the migration.
        since = facts_after(service, 7)

    assert [(fact["kind"], fact.get("user_id") or fact["session_id"]) for fact in facts] == [
        ("session", ended),
        ("deactivated", gone),
        ("role", owner),
    ]
    assert since == facts[1:]


RECONCILING = """
from user_service.feed.reconciling import record_unrecorded_roles
record_unrecorded_roles()
record_unrecorded_roles()
"""


def test_what_a_program_of_the_version_before_does_beside_this_one_is_told(
    service: UserService, database_url: str, version_before: Path
) -> None:
    _owner, alice, bob = service.sign_up(), service.sign_up(), service.sign_up()
    (session,) = service.get("/api/auth/sessions", token=bob.access).body["items"]
    give_role(service, bob, "admin")
    before = position_of(service)

    run_django(database_url, "shell", "--command", revoking(bob), folder=version_before)
    told = facts_after(service, before)
    # And the other way round: it is asked for what this one revokes.
    service.post("/api/auth/logout", {}, token=alice.access)
    older = service.ask_internally("GET", f"/internal/revocations?after={before}").body["revoked"]
    # It knows nothing of facts when it gives a role; accounts are compared with them each minute.
    execute(database_url, "UPDATE users SET role = 'guest' WHERE username = ?", (bob.username,))
    run_in_django(database_url, RECONCILING)
    roles = facts_after(service, before, kinds="role")

    assert [(fact["kind"], fact["session_id"]) for fact in told] == [("session", session["id"])]
    assert len(older) == 2
    assert roles == [{"kind": "role", "user_id": bob.id, "role": "guest"}]


def revoking(person: Person) -> str:
    return (
        "from django.utils import timezone\n"
        "from user_service.sessions.services import revoke_all\n"
        f"revoke_all('{person.id}', reason='x', now=timezone.now())"
    )


def native_id(one: uuid.UUID, database_url: str) -> str:
    """Return an id as Django keeps it in this database."""
    return one.hex if database_url.startswith("sqlite") else str(one)
