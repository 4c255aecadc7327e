"""What an outgoing webhook is: a room's events on their way to one URL, in order, as its maker may read them."""

from typing import Any, Literal

import msgspec

from chatflow.http.addresses import place_of
from chatflow.protocol.objects import Role
from chatflow.wire.reads import RoomRow

# For logs and counters: the channel beside web push.
WEBHOOK = "webhook"
HOOKS_AT_MOST = 10
DAY_SECONDS = 24 * 3600.0
# After each failure in a row; together with what follows they are some twelve tries in a day.
PAUSE_SECONDS = (5.0, 30.0, 120.0, 600.0, 1800.0, 3600.0, 7200.0, 14400.0)
# Each pause is longer by up to so much, so that those who failed together do not come back together.
JITTER = 0.25
MAY_HAVE_HOOKS: frozenset[Role | None] = frozenset({"moderator", "owner"})

EventType = Literal[
    "message.created",
    "message.edited",
    "message.deleted",
    "message.pinned",
    "message.unpinned",
    "reaction.added",
    "reaction.removed",
    "member.joined",
    "member.left",
    "member.kicked",
    "member.banned",
    "member.unbanned",
    "member.muted",
    "member.role",
    "room.created",
    "room.updated",
    "room.trimmed",
    "invite.created",
    "invite.revoked",
    "preview.added",
]
State = Literal["active", "paused"]
# Why it is paused: its address took nothing for a day, or said that it is gone; whoever it acts as left the room, may
# not have webhooks there any more, or has no account any more; the room is archived.
PauseReason = Literal["failing", "gone", "left", "role", "deactivated", "archived"]
# How a webhook is that nothing stands in the way of.
WELL: dict[str, Any] = {"state": "active", "reason": None, "failures": 0, "failing_since": "", "error": ""}


class Hook(msgspec.Struct, frozen=True, kw_only=True):
    """One webhook. It acts as `user_id`: whoever set it up, or was the last to change it."""

    id: str
    room_id: str
    user_id: str
    url: str
    events: tuple[str, ...]
    secret: str
    # The secret before, which signs too until then, so that a receiver can change over.
    former_secret: str = ""
    former_until: str = ""
    state: State = "active"
    reason: PauseReason | None = None
    created_at: str
    # The last event of the room that its address took, or that is none of those which it wants.
    seq: int
    delivered_at: str | None = None
    # How often in a row it failed, since when, and what went wrong last.
    failures: int = 0
    failing_since: str = ""
    error: str = ""
    # The next try; while somebody tries, when their lease ends.
    due_at: str
    # Who tries: a name that no other try has.
    claim: str = ""

    @property
    def host(self) -> str:
        return place_of(self.url)

    def reaching(self, seq: int) -> "Hook":
        """Return it as it is once its address took what comes up to there."""
        return msgspec.structs.replace(self, seq=seq, failures=0, failing_since="")


def why_to_pause(hook: Hook, row: RoomRow | None, *, is_deactivated: bool) -> PauseReason | None:
    """Return why a webhook may not go on as things stand in its room, None if it may."""
    if is_deactivated:
        return "deactivated"
    if row is None:
        return "left"
    if row.room.role not in MAY_HAVE_HOOKS:
        return "role"
    # The last thing that is told is that the room was archived.
    return "archived" if row.room.archived and hook.seq >= row.room.head else None


def has_work(hook: Hook, row: RoomRow | None, *, is_deactivated: bool) -> bool:
    """Tell whether there is something to send, or a reason to pause. A head that fell behind comes from a backup."""
    if row is None or why_to_pause(hook, row, is_deactivated=is_deactivated) is not None:
        return True
    return row.room.head != hook.seq


def seconds_to_wait(*, failures: int, failing_seconds: float, retry_after: float | None, chance: float) -> float | None:
    """Return how long to wait after a failure, None if it has failed for so long that it is paused.

    The last try comes when the day is over, unless the other side asked to be left alone for longer.
    """
    left = DAY_SECONDS - failing_seconds
    if left <= 0:
        return None
    pause = PAUSE_SECONDS[min(failures, len(PAUSE_SECONDS) - 1)] * (1 + JITTER * chance)
    return max(min(pause, left), min(retry_after or 0.0, DAY_SECONDS))
