"""The facts about accounts as user_service tells them, page by page, in the order in which they became true."""

from datetime import datetime
from typing import Any, Final, Literal

import msgspec

from chatflow.protocol.objects import AccountRole

Kind = Literal["session", "deactivated", "role", "block", "profile"]
# The one kind whose name does not say it: that a session has ended. Nobody is told of sessions that begin.
SESSION_ENDED: Final = "session"


class SessionRevoked(msgspec.Struct, frozen=True, tag_field="kind", tag=SESSION_ENDED):
    """A session ended; from `expires_at` on, no access token of it is valid anyway."""

    session_id: str
    expires_at: datetime


class AccountDeactivated(msgspec.Struct, frozen=True, tag_field="kind", tag="deactivated"):
    """An account was deactivated, or with `holds` false is active again."""

    user_id: str
    holds: bool


class RoleGiven(msgspec.Struct, frozen=True, tag_field="kind", tag="role"):
    """What somebody is in the installation, whatever their token says."""

    user_id: str
    role: AccountRole


class PersonBlocked(msgspec.Struct, frozen=True, tag_field="kind", tag="block"):
    """`user_id` blocks `blocked_id`, or with `holds` false does not any more."""

    user_id: str
    blocked_id: str
    holds: bool


class ProfileChanged(msgspec.Struct, frozen=True, tag_field="kind", tag="profile"):
    """Somebody's public profile, as it was when the page was read."""

    user: dict[str, Any]


Fact = SessionRevoked | AccountDeactivated | RoleGiven | PersonBlocked | ProfileChanged


class FactPage(msgspec.Struct, frozen=True):
    """The facts after the position asked for, of the kinds asked for, and the position to ask from next."""

    position: int
    facts: list[Fact]
    # Whether there were more facts than fit.
    more: bool = False


class Revoked(msgspec.Struct, frozen=True):
    """How `/internal/revocations` tells of a session that ended."""

    session_id: str
    expires_at: datetime


class RevocationPage(msgspec.Struct, frozen=True):
    """What `/internal/revocations` answers, the only feed from before account facts; a later version removes both."""

    position: int
    revoked: list[Revoked]
