"""Follows user_service's facts about accounts: asks each second, and sooner when woken, on a loop or in a thread."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol, TypeVar

import structlog

from chatflow.auth.account_facts.pages import Fact, FactPage, RevocationPage
from chatflow.auth.account_facts.replica import AccountFacts
from chatflow.errors import ChatFlowError, NotFound
from chatflow.process.vital import start_vital_thread

log = structlog.get_logger(__name__)

POLL_SECONDS = 1.0
# Until everything was read once nobody is let in: services that start together find each other sooner.
FIRST_POLL_SECONDS = 0.05

Answer = TypeVar("Answer")


class Get(Protocol):
    """Asks user_service for a path, and raises a ChatFlowError where that fails."""

    async def __call__(self, path: str, answer: type[Answer], /) -> Answer: ...


class GetInThread(Protocol):
    """The same for a thread."""

    def __call__(self, path: str, answer: type[Answer], /) -> Answer: ...


async def follow_facts(
    facts: AccountFacts, *, get: Get, on_facts: Callable[[list[Fact]], Any], wake: asyncio.Event
) -> None:
    """Poll user_service until cancelled; a failed poll is tried again.

    `on_facts` is called after each answer, with what is new, which may be nothing.
    """
    reachable = True
    while True:
        wake.clear()
        try:
            page = await fetch_page(facts, get)
        except ChatFlowError as error:
            reachable = note_reachable(reachable, False, error=error)
        else:
            reachable = note_reachable(reachable, True)
            asked_from = facts.position
            on_facts(facts.absorb(page))
            if page.more or facts.position < asked_from:
                continue
        # Not asyncio.wait_for: until Python 3.12 it loses a cancellation that meets the wake.
        with suppress(TimeoutError):
            async with asyncio.timeout(pause_of(facts)):
                await wake.wait()


def follow_facts_in_thread(facts: AccountFacts, *, get: GetInThread) -> Callable[[], None]:
    """Poll from a daemon thread of a service without a loop; return what stops it."""
    stopped = threading.Event()

    def poll() -> None:
        reachable = True
        while not stopped.is_set():
            try:
                page = fetch_page_in_thread(facts, get)
            except ChatFlowError as error:
                reachable = note_reachable(reachable, False, error=error)
            else:
                reachable = note_reachable(reachable, True)
                asked_from = facts.position
                facts.absorb(page)
                if page.more or facts.position < asked_from:
                    continue
            stopped.wait(pause_of(facts))

    start_vital_thread(poll, name="account facts")
    return stopped.set


async def fetch_page(facts: AccountFacts, get: Get) -> FactPage:
    """Return the next page; a user_service from before account facts is asked for its revocations."""
    try:
        page = await get(facts.path, FactPage)
    except NotFound:
        page = facts.page_of_older(await get(facts.older_path, RevocationPage))
        facts.is_from_older_service = True
        return page
    facts.is_from_older_service = False
    return page


def fetch_page_in_thread(facts: AccountFacts, get: GetInThread) -> FactPage:
    """Return the next page; the same for a thread."""
    try:
        page = get(facts.path, FactPage)
    except NotFound:
        page = facts.page_of_older(get(facts.older_path, RevocationPage))
        facts.is_from_older_service = True
        return page
    facts.is_from_older_service = False
    return page


def pause_of(facts: AccountFacts) -> float:
    return POLL_SECONDS if facts.loaded else FIRST_POLL_SECONDS


def note_reachable(was: bool, now: bool, *, error: ChatFlowError | None = None) -> bool:
    """Log when user_service's facts are lost or back, not at each poll between."""
    if was and not now:
        log.warning("facts about accounts cannot be polled", reason=str(error))
    if now and not was:
        log.info("facts about accounts are polled again")
    return now
