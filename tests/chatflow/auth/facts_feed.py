"""The feed of facts of a user_service, as those who follow it see it."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

from chatflow.auth.account_facts.pages import (
    Fact,
    FactPage,
    RevocationPage,
    Revoked,
    SessionRevoked,
)
from chatflow.auth.account_facts.replica import AccountFacts
from chatflow.errors import NotFound, Unavailable

NOW = 1_700_000_000.0


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
        # From before account facts: it knows revocations alone.
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
