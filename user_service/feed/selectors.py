"""What reads facts: one page of the feed after a position."""

import heapq
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime
from itertools import islice
from operator import attrgetter
from typing import Any

import msgspec
from django.db.models import Exists, OuterRef

from chatflow.auth.account_facts.pages import (
    SESSION_ENDED,
    AccountDeactivated,
    FactPage,
    Kind,
    PersonBlocked,
    ProfileChanged,
    RoleGiven,
    SessionRevoked,
)
from chatflow.auth.account_facts.pages import Fact as ToldFact
from user_service.accounts import selectors as accounts
from user_service.facts.models import Fact, FactCounter
from user_service.sessions.models import Session

FACTS_AT_MOST = 500

TELLERS: dict[str, Callable[[Any], ToldFact]] = {
    SESSION_ENDED: lambda fact: SessionRevoked(str(fact.subject), fact.expires_at),
    "deactivated": lambda fact: AccountDeactivated(str(fact.subject), fact.holds),
    "role": lambda fact: RoleGiven(str(fact.subject), fact.value),
    "block": lambda fact: PersonBlocked(str(fact.subject), str(fact.other), fact.holds),
}


def facts_after(position: int, *, kinds: Collection[Kind], now: datetime) -> FactPage:
    """Return what became true after this position, as far as anybody still has to know it, oldest first."""
    # Read before the facts: one that changes in between gets a later position, and is on a later page.
    last = FactCounter.objects.values_list("position", flat=True).get()
    if position >= last:
        # Where nothing is new, this one query is all that a poll costs.
        return FactPage(position=last, facts=[])
    # Each kind is one stretch of an index, so that whoever needs no profiles reads none.
    found = [facts_of(kind, position, last, now) for kind in set(kinds)]
    if SESSION_ENDED in kinds:
        found.append(revoked_by_version_before(position, last, now))
    facts = list(islice(heapq.merge(*found, key=attrgetter("position")), FACTS_AT_MOST))
    more = len(facts) == FACTS_AT_MOST
    return FactPage(position=facts[-1].position if more else last, facts=list(told(facts)), more=more)


def facts_of(kind: Kind, position: int, last: int, now: datetime) -> Iterable[Fact]:
    facts = Fact.objects.filter(kind=kind, position__gt=position, position__lte=last).order_by("position")
    if kind == SESSION_ENDED:
        facts = facts.filter(expires_at__gt=now)
    return facts[:FACTS_AT_MOST]


def revoked_by_version_before(position: int, last: int, now: datetime) -> Iterable[Fact]:
    """Return the sessions that a program from before account facts has revoked while it runs beside us.

    It takes positions from the same counter, but writes them only to the session. A later version removes this.
    """
    recorded = Fact.objects.filter(kind=SESSION_ENDED, subject=OuterRef("id"))
    sessions = (
        Session.objects.filter(revoked_position__gt=position, revoked_position__lte=last, access_until__gt=now)
        .exclude(Exists(recorded))
        .order_by("revoked_position")
        .values_list("id", "access_until", "revoked_position")[:FACTS_AT_MOST]
    )
    return [Fact(kind=SESSION_ENDED, subject=row[0], expires_at=row[1], position=row[2] or 0) for row in sessions]


def told(facts: list[Fact]) -> Iterator[ToldFact]:
    """Yield the facts as they are told; of somebody who is gone there is no profile to tell."""
    profiles = profiles_of(fact.subject for fact in facts if fact.kind == "profile")
    for fact in facts:
        if fact.kind in TELLERS:
            yield TELLERS[fact.kind](fact)
        elif fact.subject in profiles:
            yield ProfileChanged(profiles[fact.subject])


def profiles_of(user_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, dict[str, Any]]:
    return {user.id: msgspec.to_builtins(user.public) for user in accounts.find_by_ids(list(user_ids))}
