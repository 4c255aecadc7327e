"""What records facts about accounts, in the transaction that makes them true."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from chatflow.auth.account_facts.pages import SESSION_ENDED
from chatflow.protocol.objects import AccountRole
from user_service.facts.models import Fact, FactCounter
from user_service.facts.wake_redis import wake_followers

# What ended is told for so long; whoever was away for an hour reads everything again, and needs no word of it.
ENDED_TOLD_FOR = timedelta(days=1)
LATEST = ["kind", "subject", "other"]
CHANGING = ["position", "value", "holds", "expires_at"]


def record_role(user_id: uuid.UUID, role: AccountRole) -> None:
    record([Fact(kind="role", subject=user_id, value=role), profile_of(user_id)])


def record_deactivation(user_id: uuid.UUID, *, holds: bool) -> None:
    fact = Fact(kind="deactivated", subject=user_id, holds=holds, expires_at=end_of(holds))
    record([fact, profile_of(user_id)])


def record_block(user_id: uuid.UUID, blocked_id: uuid.UUID, *, holds: bool) -> None:
    record([Fact(kind="block", subject=user_id, other=blocked_id, holds=holds, expires_at=end_of(holds))])


def record_profile(user_id: uuid.UUID) -> None:
    record([profile_of(user_id)])


def record_revocations(sessions: Iterable[tuple[uuid.UUID, datetime]]) -> range:
    """Record that these sessions ended, each with the end of its last access token; return their positions."""
    return record([Fact(kind=SESSION_ENDED, subject=session, expires_at=until) for session, until in sessions])


def record(facts: list[Fact]) -> range:
    """Give these facts the next positions, and wake whoever follows once they are committed; return the positions."""
    positions = take_positions(len(facts))
    for fact, position in zip(facts, positions, strict=True):
        fact.position = position
    Fact.objects.bulk_create(facts, update_conflicts=True, unique_fields=LATEST, update_fields=CHANGING, batch_size=500)
    transaction.on_commit(wake_followers)
    return positions


def take_positions(count: int) -> range:
    """Return the next positions. The counter's row is locked until the commit, so they become visible in order."""
    FactCounter.objects.update(position=F("position") + count)
    last = FactCounter.objects.values_list("position", flat=True).get()
    return range(last - count + 1, last + 1)


def profile_of(user_id: uuid.UUID) -> Fact:
    """Return that the profile changed; what it says now is read when it is told."""
    return Fact(kind="profile", subject=user_id)


def end_of(holds: bool) -> datetime | None:
    return None if holds else timezone.now() + ENDED_TOLD_FOR
