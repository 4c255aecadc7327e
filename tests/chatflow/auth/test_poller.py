"""Who follows the facts about accounts reads every page, survives failures, and misses nothing."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest

from chatflow.auth.account_facts.pages import (
    Fact,
    RoleGiven,
)
from chatflow.auth.account_facts.poller import follow_facts, follow_facts_in_thread
from chatflow.auth.account_facts.replica import AccountFacts
from chatflow.auth.principal import Principal
from chatflow.ids import new_id
from tests.chatflow.auth.facts_feed import NOW, UserService, revoked

ALICE = new_id()


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


async def wait_until(holds: Callable[[], bool], changed: asyncio.Event, *, within_seconds: float = 5.0) -> None:
    async with asyncio.timeout(within_seconds):
        while not holds():
            await changed.wait()
            changed.clear()
