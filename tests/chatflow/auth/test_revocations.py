"""Revoked sessions are known by polling from a position, forgotten once their tokens are dead, and never missed."""

import asyncio
import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from chatflow.auth.revocations import (
    KEPT_SECONDS,
    RevocationPage,
    Revocations,
    Revoked,
    follow_revocations,
    follow_revocations_in_thread,
)
from chatflow.errors import Unavailable

NOW = 1_700_000_000.0


def revoked(session_id: str, *, expires_at: float = NOW + 900) -> Revoked:
    return Revoked(session_id=session_id, expires_at=datetime.fromtimestamp(expires_at, UTC))


class UserService:
    """The revocations endpoint of a user_service: a list whose positions count from 1, two to a page."""

    def __init__(self, *session_ids: str) -> None:
        self.session_ids = list(session_ids)
        self.answers_left_to_fail = 0

    def page(self, after: int) -> RevocationPage:
        if self.answers_left_to_fail:
            self.answers_left_to_fail -= 1
            raise Unavailable
        page = self.session_ids[after : after + 2]
        position = min(after, len(self.session_ids)) + len(page)
        return RevocationPage(position=position, revoked=[revoked(session_id) for session_id in page])

    async def page_soon(self, after: int) -> RevocationPage:
        return self.page(after)


def test_a_page_tells_what_is_new_and_moves_the_position() -> None:
    revocations = Revocations(clock=lambda: NOW)

    assert revocations.absorb(RevocationPage(position=7, revoked=[revoked("a"), revoked("b")])) == ["a", "b"]
    assert revocations.absorb(RevocationPage(position=8, revoked=[revoked("b"), revoked("c")])) == ["c"]
    assert revocations.position == 8
    assert "a" in revocations
    assert "x" not in revocations


def test_what_has_expired_is_forgotten() -> None:
    now = [NOW]
    revocations = Revocations(clock=lambda: now[0])
    revocations.absorb(RevocationPage(position=1, revoked=[revoked("a")]))

    now[0] = NOW + 899 + KEPT_SECONDS
    revocations.absorb(RevocationPage(position=1, revoked=[]))
    assert "a" in revocations
    now[0] += 2
    revocations.absorb(RevocationPage(position=2, revoked=[revoked("b", expires_at=now[0] + 900)]))

    assert "a" not in revocations
    assert len(revocations) == 1


@pytest.mark.parametrize("seconds", [3600, 40 * 86_400])
async def test_a_clock_that_was_ahead_for_one_poll_forgets_no_revocation(seconds: float) -> None:
    service = UserService("a", "b", "c")
    now = [NOW]
    revocations = Revocations(clock=lambda: now[0])
    read_all(revocations, service)
    now[0] += seconds
    read_all(revocations, service)
    now[0] -= seconds
    read_all(revocations, service)

    assert all(session_id in revocations for session_id in "abc")
    assert revocations.position == 3


def read_all(revocations: Revocations, service: UserService) -> None:
    """Poll as often as whoever follows does without a pause."""
    goes_on = True
    while goes_on:
        asked_from = revocations.position
        page = service.page(asked_from)
        revocations.absorb(page)
        goes_on = bool(page.revoked) or revocations.position < asked_from


def test_a_position_that_went_back_starts_from_the_beginning() -> None:
    revocations = Revocations(clock=lambda: NOW)
    revocations.absorb(RevocationPage(position=90, revoked=[]))

    revocations.absorb(RevocationPage(position=3, revoked=[]))

    assert revocations.position == 0


async def test_following_reads_every_page_survives_failures_and_hurries_when_woken() -> None:
    service = UserService("a", "b", "c", "d", "e")
    service.answers_left_to_fail = 1
    revocations = Revocations(clock=lambda: NOW)
    seen: list[str] = []
    wake = asyncio.Event()
    changed = asyncio.Event()

    def on_revoked(session_ids: list[str]) -> None:
        seen.extend(session_ids)
        changed.set()

    following = asyncio.create_task(
        follow_revocations(revocations, fetch=service.page_soon, on_revoked=on_revoked, wake=wake)
    )
    await wait_until(lambda: len(seen) == 5, changed)
    service.session_ids.append("f")
    wake.set()
    await wait_until(lambda: len(seen) == 6, changed, within_seconds=0.5)
    following.cancel()

    assert seen == ["a", "b", "c", "d", "e", "f"]


@pytest.mark.parametrize("ticks", range(4))
async def test_following_ends_also_when_it_is_woken_at_the_same_time(ticks: int) -> None:
    wake, polled = asyncio.Event(), asyncio.Event()

    async def fetch(_: int) -> RevocationPage:
        polled.set()
        return RevocationPage(position=0, revoked=[])

    following = asyncio.create_task(
        follow_revocations(Revocations(), fetch=fetch, on_revoked=lambda _: None, wake=wake)
    )
    await polled.wait()
    await asyncio.sleep(0)
    wake.set()
    for _ in range(ticks):
        await asyncio.sleep(0)
    following.cancel()

    await asyncio.wait({following}, timeout=0.5)
    assert following.cancelled()


async def test_until_the_first_page_is_there_it_is_asked_for_many_times_a_second() -> None:
    service = UserService("a")
    service.answers_left_to_fail = 5
    revocations = Revocations(clock=lambda: NOW)
    changed = asyncio.Event()

    following = asyncio.create_task(
        follow_revocations(
            revocations, fetch=service.page_soon, on_revoked=lambda _: changed.set(), wake=asyncio.Event()
        )
    )
    await wait_until(lambda: "a" in revocations, changed, within_seconds=3.0)
    following.cancel()


async def test_following_reads_all_again_from_a_restored_database() -> None:
    service = UserService("a")
    revocations = Revocations(clock=lambda: NOW)
    revocations.position = 50
    changed = asyncio.Event()

    following = asyncio.create_task(
        follow_revocations(
            revocations, fetch=service.page_soon, on_revoked=lambda _: changed.set(), wake=asyncio.Event()
        )
    )
    await wait_until(lambda: "a" in revocations, changed, within_seconds=0.5)
    following.cancel()


def test_following_in_a_thread_reads_every_page() -> None:
    service = UserService("a", "b", "c", "d", "e")
    revocations = Revocations(clock=lambda: NOW)
    all_read = threading.Event()

    def fetch(after: int) -> RevocationPage:
        page = service.page(after)
        if not page.revoked:
            all_read.set()
        return page

    stop = follow_revocations_in_thread(revocations, fetch=fetch)

    assert all_read.wait(5)
    assert all(session_id in revocations for session_id in "abcde")
    stop()


async def wait_until(holds: Callable[[], bool], changed: asyncio.Event, *, within_seconds: float = 5.0) -> None:
    async with asyncio.timeout(within_seconds):
        while not holds():
            await changed.wait()
            changed.clear()
