"""Who acts: what every decision about rights is asked of, the same in a token, in a command and in a REST view."""

from typing import Literal

import msgspec

from chatflow.ids import SYSTEM
from chatflow.protocol.objects import AccountRole

# `system` is ChatFlow itself, say retention. No token can say it.
ActorKind = Literal["person", "bot", "system"]


class Principal(msgspec.Struct, frozen=True, array_like=True):
    """A person, a bot or the system itself. What nobody said is that of a person without a special role."""

    user_id: str
    kind: ActorKind = "person"
    # In the installation. What somebody may in a room, the room's own state says.
    role: AccountRole = "member"
    # What the token was issued for, and nothing else; None where it was issued for all that the role allows.
    scopes: tuple[str, ...] | None = None
    # Empty where nobody signed in, as for the system.
    session_id: str = ""


SYSTEM_PRINCIPAL = Principal(user_id=SYSTEM, kind="system")
