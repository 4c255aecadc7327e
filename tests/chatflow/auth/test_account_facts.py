"""Facts about accounts are known from a position on, and kept for as long as they count."""

import gc
import tracemalloc
from urllib.parse import parse_qs

import msgspec
import pytest

from chatflow.auth.account_facts.pages import (
    AccountDeactivated,
    FactPage,
    PersonBlocked,
    ProfileChanged,
    RoleGiven,
)
from chatflow.auth.account_facts.replica import AWAY_SECONDS, KEPT_SECONDS, AccountFacts
from chatflow.auth.principal import Principal
from chatflow.ids import new_id
from tests.chatflow.auth.facts_feed import NOW, UserService, read_all, revoked

ALICE, BOB = new_id(), new_id()
# The key has 65; the set has room for between two and seven times as many.
BYTES_PER_PAIR_AT_MOST = 180


def test_a_page_tells_what_is_new_and_moves_the_position() -> None:
    facts = AccountFacts("session", clock=lambda: NOW)

    assert facts.absorb(FactPage(7, [revoked("a"), revoked("b")])) == [revoked("a"), revoked("b")]
    assert facts.absorb(FactPage(8, [revoked("b"), revoked("c")])) == [revoked("c")]
    assert facts.position == 8
    assert facts.is_revoked("a")
    assert not facts.is_revoked("x")


def test_nothing_counts_as_loaded_before_the_last_page() -> None:
    facts = AccountFacts("session", clock=lambda: NOW)

    facts.absorb(FactPage(2, [revoked("a"), revoked("b")], more=True))
    before_last = facts.loaded
    facts.absorb(FactPage(3, [revoked("c")]))

    assert (before_last, facts.loaded) == (False, True)


def test_what_is_known_last_counts() -> None:
    facts = AccountFacts("deactivated", "role", "block", clock=lambda: NOW)
    principal = Principal(ALICE, role="admin")

    assert facts.principal_now(principal) is principal
    facts.absorb(
        FactPage(3, [RoleGiven(ALICE, "guest"), PersonBlocked(ALICE, BOB, True), AccountDeactivated(BOB, True)])
    )
    assert facts.principal_now(principal) == Principal(ALICE, role="guest")
    assert (facts.blocks(ALICE, BOB), facts.blocks(BOB, ALICE)) == (True, False)
    assert (facts.is_deactivated(BOB), facts.is_deactivated(ALICE)) == (True, False)
    facts.absorb(
        FactPage(6, [RoleGiven(ALICE, "admin"), PersonBlocked(ALICE, BOB, False), AccountDeactivated(BOB, False)])
    )
    assert facts.principal_now(principal) is principal
    assert not facts.blocks(ALICE, BOB)
    assert not facts.is_deactivated(BOB)


def test_what_is_no_id_blocks_nobody() -> None:
    facts = AccountFacts("block", clock=lambda: NOW)
    facts.absorb(FactPage(2, [PersonBlocked(ALICE, BOB, True), PersonBlocked("x", BOB, True)]))

    assert not facts.blocks("x" * 36, BOB)


def test_what_has_expired_is_forgotten() -> None:
    now = [NOW]
    facts = AccountFacts("session", clock=lambda: now[0])
    facts.absorb(FactPage(1, [revoked("a")]))

    now[0] = NOW + 899 + KEPT_SECONDS
    facts.absorb(FactPage(1, []))
    assert facts.is_revoked("a")
    now[0] += 61
    facts.absorb(FactPage(2, [revoked("b", expires_at=now[0] + 900)]))

    assert not facts.is_revoked("a")
    assert facts.is_revoked("b")


@pytest.mark.parametrize("seconds", [3600, 40 * 86_400])
def test_a_clock_that_was_ahead_for_one_poll_forgets_no_revocation(seconds: float) -> None:
    service = UserService(revoked("a"), revoked("b"), revoked("c"))
    now = [NOW]
    facts = AccountFacts("session", clock=lambda: now[0])
    read_all(facts, service)
    now[0] += seconds
    read_all(facts, service)
    now[0] -= seconds
    read_all(facts, service)

    assert all(map(facts.is_revoked, "abc"))
    assert facts.position == 3


def test_what_a_restored_database_does_not_know_holds_no_more_once_all_of_it_was_read() -> None:
    service = UserService(
        PersonBlocked(ALICE, BOB, True), RoleGiven(ALICE, "admin"), RoleGiven(BOB, "guest"), revoked("a"), revoked("b")
    )
    facts = AccountFacts("session", "role", "block", clock=lambda: NOW)
    read_all(facts, service)
    service.facts = [RoleGiven(BOB, "admin"), revoked("a"), revoked("c"), RoleGiven(new_id(), "guest")]

    facts.absorb(service.answer(facts.path, FactPage))
    meanwhile = facts.blocks(ALICE, BOB)
    read_all(facts, service)

    assert (facts.position, meanwhile, facts.blocks(ALICE, BOB)) == (4, True, False)
    assert facts.principal_now(Principal(ALICE)).role == "member"
    assert facts.principal_now(Principal(BOB)).role == "admin"
    # What was revoked stays so.
    assert all(map(facts.is_revoked, "abc"))


def test_whoever_was_away_for_long_reads_everything_again() -> None:
    service = UserService(PersonBlocked(ALICE, BOB, True), revoked("a"), revoked("b"))
    now = [NOW]
    facts = AccountFacts("session", "block", clock=lambda: now[0])
    read_all(facts, service)
    # The block ended, and user_service has forgotten that it ever was.
    service.facts[0] = revoked("c")
    now[0] += AWAY_SECONDS
    read_all(facts, service)
    soon = facts.blocks(ALICE, BOB)
    now[0] += AWAY_SECONDS + 1
    read_all(facts, service)

    assert (soon, facts.blocks(ALICE, BOB)) == (True, False)


def test_profiles_are_told_once_all_else_is_known_and_never_kept() -> None:
    changed = ProfileChanged({"id": ALICE, "display_name": "old"})
    service = UserService(changed, RoleGiven(ALICE, "guest"), RoleGiven(BOB, "guest"), RoleGiven(new_id(), "guest"))
    facts = AccountFacts("role", "profile", clock=lambda: NOW)

    first = read_all(facts, service)
    service.facts.append(ProfileChanged({"id": ALICE, "display_name": "new"}))
    after = read_all(facts, service)

    assert changed not in first
    assert after == [ProfileChanged({"id": ALICE, "display_name": "new"})]
    assert [parse_qs(path)["kinds"] for path in service.asked] == [["role"], ["role"], ["role,profile"]]


def test_profiles_that_changed_while_somebody_was_away_for_long_are_all_told() -> None:
    service = UserService(*(RoleGiven(new_id(), "guest") for _ in range(3)))
    now = [NOW]
    facts = AccountFacts("role", "profile", clock=lambda: now[0])
    read_all(facts, service)
    changed = [ProfileChanged({"id": new_id(), "display_name": "new"}) for _ in range(5)]
    service.facts += changed
    now[0] += AWAY_SECONDS + 1

    # The second time is a poll later.
    told = [fact for _ in range(2) for fact in read_all(facts, service) if isinstance(fact, ProfileChanged)]
    more = read_all(facts, service)

    assert told == changed
    assert (more, facts.position) == ([], 8)


def test_a_pair_costs_little_memory() -> None:
    pairs = msgspec.json.encode([PersonBlocked(new_id(), new_id(), True) for _ in range(20_000)])
    facts = AccountFacts("block", clock=lambda: NOW)
    gc.collect()
    tracemalloc.start()

    facts.absorb(FactPage(2, msgspec.json.decode(pairs, type=list[PersonBlocked])))

    gc.collect()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size / 20_000 < BYTES_PER_PAIR_AT_MOST
