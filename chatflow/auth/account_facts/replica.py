"""What one process knows of accounts: which sessions ended, who is deactivated, who has which role, who blocks whom."""

import time
from collections.abc import Callable

import msgspec

from chatflow.auth.account_facts.pages import (
    SESSION_ENDED,
    AccountDeactivated,
    Fact,
    FactPage,
    Kind,
    PersonBlocked,
    RevocationPage,
    RoleGiven,
    SessionRevoked,
)
from chatflow.auth.principal import Principal
from chatflow.protocol.objects import AccountRole

# A revocation is kept for so long past the end of its tokens: a clock that is ahead by less for a while loses none.
KEPT_SECONDS = 3600.0
PRUNE_SECONDS = 60.0
# Whoever was away for longer reads everything again. user_service forgets only a day later what no longer holds.
AWAY_SECONDS = 3600.0


class AccountState:
    """What holds now of accounts. Only what is out of the ordinary is here, so it is as large as that."""

    def __init__(self) -> None:
        self.deactivated: set[str] = set()
        self.roles: dict[str, AccountRole] = {}
        # 95 to 170 bytes for each pair, of which the key is 65.
        self.blocked: set[bytes] = set()

    def take(self, fact: Fact) -> None:
        match fact:
            case AccountDeactivated(user_id=user_id, holds=holds):
                (self.deactivated.add if holds else self.deactivated.discard)(user_id)
            case RoleGiven(user_id=user_id, role=role):
                self.roles[user_id] = role
            case PersonBlocked(user_id=user_id, blocked_id=blocked_id, holds=holds):
                if (pair := pair_of(user_id, blocked_id)) is not None:
                    (self.blocked.add if holds else self.blocked.discard)(pair)


class AccountFacts:
    """What a process knows of accounts, of the kinds that it follows; safe to ask from any thread.

    `loaded` turns true when it has read everything for the first time, and stays true while user_service is away.
    """

    def __init__(self, *kinds: Kind, clock: Callable[[], float] = time.time) -> None:
        self._kinds = kinds
        self._clock = clock
        self._expiries: dict[str, float] = {}
        self._state = AccountState()
        # While everything is read again: what has been read of it so far.
        self._anew: AccountState | None = None
        # And from where profiles are to be told afterwards: they are left out meanwhile.
        self._profiles_from: int | None = None
        self._absorbed_at: float | None = None
        self._pruned_at = 0.0
        self._revocations_position = 0
        self.position = 0
        self.loaded = False
        # Whether the last answer came from one from before account facts, which has revocations alone.
        self.is_from_older_service = False

    def is_revoked(self, session_id: str) -> bool:
        return session_id in self._expiries

    def is_deactivated(self, user_id: str) -> bool:
        return user_id in self._state.deactivated

    def principal_now(self, principal: Principal) -> Principal:
        """Return who acts as they are now: the role that user_service told last counts, not the token's."""
        role = self._state.roles.get(principal.user_id)
        if role is None or role == principal.role:
            return principal
        return msgspec.structs.replace(principal, role=role)

    def blocks(self, user_id: str, other_id: str, /) -> bool:
        """Tell whether this person blocks the other."""
        blocked = self._state.blocked
        return bool(blocked) and pair_of(user_id, other_id) in blocked

    @property
    def path(self) -> str:
        """What to ask user_service next.

        Profiles are asked for only from the moment at which everything else is known: they are told and not kept.
        """
        kinds = [kind for kind in self._kinds if kind != "profile" or self._tells_profiles]
        return f"/internal/facts?after={self.position}&kinds={','.join(kinds)}"

    @property
    def _tells_profiles(self) -> bool:
        """Tell whether the next page is to have profiles, if this process follows them."""
        return "profile" in self._kinds and self.loaded and self._anew is None and self.position > 0

    @property
    def older_path(self) -> str:
        """What to ask a user_service from before account facts."""
        return f"/internal/revocations?after={self._revocations_position}"

    def page_of_older(self, page: RevocationPage) -> FactPage:
        """Return its answer as a page of facts. Its position says nothing of other facts."""
        is_another = page.position < self._revocations_position
        self._revocations_position = 0 if is_another else page.position
        follows = SESSION_ENDED in self._kinds
        revoked = [SessionRevoked(each.session_id, each.expires_at) for each in page.revoked if follows]
        return FactPage(position=self.position, facts=[*revoked], more=bool(page.revoked) or is_another)

    def absorb(self, page: FactPage) -> list[Fact]:
        """Take a page in, and return its facts without those sessions that were known as revoked; for one thread."""
        now = self._clock()
        new = [fact for fact in page.facts if self._take(fact)]
        self._prune(now)
        is_another, was_away = page.position < self.position, self._was_away(now)
        if is_another or was_away:
            # Another database answers, say a restored one; or something may be forgotten, here or there.
            if is_another:
                self._profiles_from = None
            elif self._tells_profiles:
                self._profiles_from = page.position
            self._anew = AccountState()
            self.position = 0
            return new
        self.position = page.position
        if not page.more:
            self._end_reading()
            self.loaded = True
        return new

    def _end_reading(self) -> None:
        """Take everything that was read again, and go back to where the profiles begin that were left out."""
        if self._anew is not None:
            self._state, self._anew = self._anew, None
        if self._profiles_from is not None:
            self.position, self._profiles_from = min(self.position, self._profiles_from), None

    def _take(self, fact: Fact) -> bool:
        if isinstance(fact, SessionRevoked):
            is_new = fact.session_id not in self._expiries
            self._expiries[fact.session_id] = fact.expires_at.timestamp()
            return is_new
        self._state.take(fact)
        if self._anew is not None:
            self._anew.take(fact)
        return True

    def _was_away(self, now: float) -> bool:
        """Tell whether too long passed since the last page, or the clock was set back, so that it forgot too much."""
        before, self._absorbed_at = self._absorbed_at, now
        return before is not None and not 0 <= now - before <= AWAY_SECONDS

    def _prune(self, now: float) -> None:
        """Forget revocations whose tokens are dead."""
        if 0 <= now - self._pruned_at < PRUNE_SECONDS:
            return
        self._pruned_at = now
        # Replaced and not changed: another thread may be reading it.
        self._expiries = {
            session_id: expiry for session_id, expiry in self._expiries.items() if expiry + KEPT_SECONDS > now
        }


def pair_of(user_id: str, other_id: str) -> bytes | None:
    """Return the two ids as one short key, or None where one of them is no id."""
    try:
        return bytes.fromhex((user_id + other_id).replace("-", ""))
    except ValueError:
        return None
