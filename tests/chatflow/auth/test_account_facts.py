"""Facts about accounts are known by polling from a position, kept as long as they count, and never missed."""

import asyncio
import gc
import threading
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import msgspec
import pytest

from chatflow.auth.account_facts.following import follow_facts, follow_facts_in_thread
from chatflow.auth.account_facts.known import AWAY_SECONDS, KEPT_SECONDS, AccountFacts
from chatflow.auth.account_facts.pages import (
    AccountDeactivated,
    Fact,
    FactPage,
    PersonBlocked,
    ProfileChanged,
    RevocationPage,
    Revoked,
    RoleGiven,
    SessionRevoked,
)
from chatflow.auth.principal import Principal
from chatflow.errors import NotFound, Unavailable
from chatflow.ids import new_id

NOW = 1_700_000_000.0
ALICE, BOB = new_id(), new_id()
# The key has 65; the set has room for between two and seven times as many.
BYTES_PER_PAIR_AT_MOST = 180


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def revoked(session_id: str, *, expires_at: float = NOW + 900) -> SessionRevoked:
    return SessionRevoked(session_id, at(expires_at))


class UserService:
    """The feed of a user_service: facts whose positions count from 1, two to a page."""

    def __init__(self, *facts: Fact) -> None:
        self.facts = list(facts)
        self.answers_left_to_fail = 0
        self.asked: list[str] = []
        # Of the version before: it knows revocations alone.
        self.is_older = False

    def answer(self, path: str, kind: type[Any]) -> Any:
        self.asked.append(path)
        if self.answers_left_to_fail:
            self.answers_left_to_fail -= 1
            raise Unavailable
        place, _, query = path.partition("?")
        asked = parse_qs(query)
        after = int(asked["after"][0])
        if place == "/internal/revocations":
            page = self.facts[after : after + 2]
            sessions = [Revoked(each.session_id, each.expires_at) for each in page if isinstance(each, SessionRevoked)]
            return RevocationPage(min(after, len(self.facts)) + len(page), sessions)
        if self.is_older:
            raise NotFound
        kinds = asked["kinds"][0].split(",")
        new = [
            (position, fact)
            for position, fact in enumerate(self.facts, start=1)
            if position > after and fact.__struct_config__.tag in kinds
        ]
        more = len(new) > 2
        return FactPage(new[1][0] if more else len(self.facts), [fact for _, fact in new[:2]], more)

    async def answer_soon(self, path: str, kind: type[Any], /) -> Any:
        return self.answer(path, kind)


def read_all(facts: AccountFacts, service: UserService) -> list[Fact]:
    """Poll as often as whoever follows does without a pause."""
    told: list[Fact] = []
    goes_on = True
    while goes_on:
        asked_from = facts.position
        page = service.answer(facts.path, FactPage)
        told += facts.absorb(page)
        goes_on = page.more or facts.position < asked_from
    return told


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


async def test_following_reads_every_page_survives_failures_and_hurries_when_woken() -> None:
    service = UserService(*map(revoked, "abcde"))
    service.answers_left_to_fail = 1
    facts = AccountFacts("session", clock=lambda: NOW)
    seen: list[Fact] = []
    wake = asyncio.Event()
    changed = asyncio.Event()

    def on_facts(new: list[Fact]) -> None:
        seen.extend(new)
        changed.set()

    following = asyncio.create_task(follow_facts(facts, get=service.answer_soon, on_facts=on_facts, wake=wake))
    await wait_until(lambda: len(seen) == 5, changed)
    service.facts.append(revoked("f"))
    wake.set()
    await wait_until(lambda: len(seen) == 6, changed, within_seconds=0.5)
    following.cancel()

    assert seen == [*map(revoked, "abcdef")]


@pytest.mark.parametrize("ticks", range(4))
async def test_following_ends_also_when_it_is_woken_at_the_same_time(ticks: int) -> None:
    wake, polled = asyncio.Event(), asyncio.Event()
    service = UserService()

    async def get(path: str, kind: type[Any], /) -> Any:
        polled.set()
        return service.answer(path, kind)

    following = asyncio.create_task(follow_facts(AccountFacts("session"), get=get, on_facts=lambda _: None, wake=wake))
    await polled.wait()
    await asyncio.sleep(0)
    wake.set()
    for _ in range(ticks):
        await asyncio.sleep(0)
    following.cancel()

    await asyncio.wait({following}, timeout=0.5)
    assert following.cancelled()


async def test_until_everything_was_read_once_it_is_asked_for_many_times_a_second() -> None:
    service = UserService(revoked("a"))
    service.answers_left_to_fail = 5
    facts = AccountFacts("session", clock=lambda: NOW)
    changed = asyncio.Event()

    following = asyncio.create_task(
        follow_facts(facts, get=service.answer_soon, on_facts=lambda _: changed.set(), wake=asyncio.Event())
    )
    await wait_until(lambda: facts.is_revoked("a"), changed, within_seconds=3.0)
    following.cancel()


async def test_following_reads_all_again_from_a_restored_database() -> None:
    service = UserService(revoked("a"))
    facts = AccountFacts("session", clock=lambda: NOW)
    facts.position = 50
    changed = asyncio.Event()

    following = asyncio.create_task(
        follow_facts(facts, get=service.answer_soon, on_facts=lambda _: changed.set(), wake=asyncio.Event())
    )
    await wait_until(lambda: facts.is_revoked("a"), changed, within_seconds=0.5)
    following.cancel()


async def test_of_a_user_service_of_the_version_before_revocations_are_known_and_then_all_from_its_successor() -> None:
    service = UserService(*map(revoked, "abc"), RoleGiven(ALICE, "guest"))
    service.is_older = True
    facts = AccountFacts("session", "role", clock=lambda: NOW)
    changed, wake = asyncio.Event(), asyncio.Event()

    following = asyncio.create_task(
        follow_facts(facts, get=service.answer_soon, on_facts=lambda _: changed.set(), wake=wake)
    )
    await wait_until(lambda: facts.loaded, changed)
    before = [facts.is_revoked(session_id) for session_id in "abc"], facts.principal_now(Principal(ALICE)).role
    was_older = facts.is_from_older_service
    service.is_older = False
    wake.set()
    await wait_until(lambda: facts.principal_now(Principal(ALICE)).role == "guest", changed)
    following.cancel()

    assert before == ([True] * 3, "member")
    assert (was_older, facts.is_from_older_service, facts.position) == (True, False, 4)


@pytest.mark.parametrize("is_older", [False, True])
def test_following_in_a_thread_reads_every_page(is_older: bool) -> None:
    service = UserService(*map(revoked, "abcde"))
    service.is_older = is_older
    facts = AccountFacts("session", clock=lambda: NOW)
    all_read = threading.Event()

    def get(path: str, kind: type[Any], /) -> Any:
        if facts.loaded:
            all_read.set()
        return service.answer(path, kind)

    stop = follow_facts_in_thread(facts, get=get)

    assert all_read.wait(5)
    stop()
    assert all(map(facts.is_revoked, "abcde"))


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


async def wait_until(holds: Callable[[], bool], changed: asyncio.Event, *, within_seconds: float = 5.0) -> None:
    async with asyncio.timeout(within_seconds):
        while not holds():
            await changed.wait()
            changed.clear()
