"""The sessions that ended before their access tokens did, as every verifier knows them within a second."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime

import msgspec
import structlog

from chatflow.errors import ChatFlowError
from chatflow.process.vital import start_vital_thread

log = structlog.get_logger(__name__)

POLL_SECONDS = 1.0
# Until the first page is there nobody is let in: services that start together find each other sooner.
FIRST_POLL_SECONDS = 0.05
# Past the end of its tokens, so that a clock that is ahead by less for a while forgets nothing.
KEPT_SECONDS = 3600.0


class Revoked(msgspec.Struct, frozen=True):
    """A session that ended; from `expires_at` on, no access token of it is valid anyway."""

    session_id: str
    expires_at: datetime


class RevocationPage(msgspec.Struct, frozen=True):
    """What was revoked after the position asked for, and the position to ask from next."""

    position: int
    revoked: list[Revoked]


class Revocations:
    """The set of revoked sessions; safe to ask from any thread. `loaded` turns true with the first page."""

    def __init__(self, *, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._expiries: dict[str, float] = {}
        self._absorbed_at = 0.0
        self.position = 0
        self.loaded = False

    def __contains__(self, session_id: str) -> bool:
        return session_id in self._expiries

    def __len__(self) -> int:
        return len(self._expiries)

    def absorb(self, page: RevocationPage) -> list[str]:
        """Take a page in and return the sessions that were not known as revoked; one writer at a time."""
        new = [revoked.session_id for revoked in page.revoked if revoked.session_id not in self._expiries]
        now = self._clock()
        has_gone_back, self._absorbed_at = now < self._absorbed_at, now
        kept = {session_id: expiry for session_id, expiry in self._expiries.items() if expiry + KEPT_SECONDS > now}
        kept.update((revoked.session_id, revoked.expires_at.timestamp()) for revoked in page.revoked)
        # Replaced, never changed: a thread that reads meanwhile sees the one or the other.
        self._expiries = kept
        # Everything has to be read again: from another database, say a restored one, whose position went back, and by
        # a clock that went back, for what was forgotten by it may open something again.
        is_another = page.position < self.position
        self.position = 0 if is_another or has_gone_back else page.position
        self.loaded = True
        return new


async def follow_revocations(
    revocations: Revocations,
    *,
    fetch: Callable[[int], Awaitable[RevocationPage]],
    on_revoked: Callable[[list[str]], None],
    wake: asyncio.Event,
) -> None:
    """Poll user_service each second, sooner when woken, until cancelled; a failed poll is tried again.

    `fetch` is given the position to ask from; `on_revoked` the sessions that are newly known to have ended.
    """
    reachable = True
    while True:
        wake.clear()
        try:
            page = await fetch(revocations.position)
        except ChatFlowError as error:
            reachable = note_reachable(reachable, False, error=error)
        else:
            reachable = note_reachable(reachable, True)
            asked_from = revocations.position
            if new := revocations.absorb(page):
                on_revoked(new)
            if page.revoked or revocations.position < asked_from:
                continue  # there may be another page
        # Not asyncio.wait_for: until Python 3.12 it loses a cancellation that meets the wake.
        with suppress(TimeoutError):
            async with asyncio.timeout(pause_of(revocations)):
                await wake.wait()


def follow_revocations_in_thread(
    revocations: Revocations, *, fetch: Callable[[int], RevocationPage]
) -> Callable[[], None]:
    """Poll from a daemon thread of a service without a loop; return what stops it."""
    stopped = threading.Event()

    def poll() -> None:
        reachable = True
        while not stopped.is_set():
            try:
                page = fetch(revocations.position)
            except ChatFlowError as error:
                reachable = note_reachable(reachable, False, error=error)
            else:
                reachable = note_reachable(reachable, True)
                asked_from = revocations.position
                revocations.absorb(page)
                if page.revoked or revocations.position < asked_from:
                    continue
            stopped.wait(pause_of(revocations))

    start_vital_thread(poll, name="revocations")
    return stopped.set


def pause_of(revocations: Revocations) -> float:
    return POLL_SECONDS if revocations.loaded else FIRST_POLL_SECONDS


def note_reachable(was: bool, now: bool, *, error: ChatFlowError | None = None) -> bool:
    """Log when the source of revocations is lost or back, not at each poll between."""
    if was and not now:
        log.warning("revocations cannot be polled", reason=str(error))
    if now and not was:
        log.info("revocations are polled again")
    return now
