"""Makes the notices of an event: one for each person concerned, with a reason if they are not to be told."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import get_args

from chatflow.presence.keys_redis import Found
from chatflow.protocol.objects import Notify, NotifyLevel
from chatflow.wire.outbox import AlertDetails, Recipient
from notification_service.deciding.notices import IN_APP, Kind, Notice, Preferences, Suppressed, notice_id

EVERYTHING: frozenset[Kind] = frozenset(get_args(Kind))
# On the level "mentions", a person is still told of replies to them, threads that they wrote in, and invitations.
LEVELS: dict[NotifyLevel, frozenset[Kind]] = {
    "all": EVERYTHING,
    "mentions": EVERYTHING - {"direct"},
    "none": frozenset(),
}
DEFAULTS = Preferences()
EVERYBODY_AWAY = Found(frozenset(), frozenset())


def blocks_nobody(_: str, __: str) -> bool:
    return False


def expand(
    details: AlertDetails,
    *,
    preferences: Mapping[str, Preferences],
    now: datetime,
    in_focus: Collection[tuple[str, str]] = frozenset(),
    presence: Found = EVERYBODY_AWAY,
    blocks: Callable[[str, str], bool] = blocks_nobody,
) -> list[Notice]:
    """Return a notice for each person concerned, or none if the event's content was deleted meanwhile.

    `in_focus` has the (room, person) of those whose screen shows the room, `presence` who is here at all;
    `blocks` tells whether the first person blocks the second.
    """
    if details.event is None:
        return []
    job, event = details.job, details.event
    return [
        Notice(
            id=notice_id(job.room_id, job.seq, user_id=recipient.user_id, channel=IN_APP),
            user_id=recipient.user_id,
            room_id=job.room_id,
            seq=job.seq,
            channel=IN_APP,
            kind=recipient.reason,
            actor=event["actor"],
            at=event["at"],
            suppressed=reason_to_suppress(
                recipient,
                seq=job.seq,
                preferences=preferences.get(recipient.user_id, DEFAULTS),
                now=now,
                has_focus=(job.room_id, recipient.user_id) in in_focus,
                presence=presence,
                is_blocked=blocks(recipient.user_id, event["actor"]),
            ),
        )
        for recipient in details.recipients
        if recipient.user_id != event["actor"]
    ]


def reason_to_suppress(
    recipient: Recipient,
    *,
    seq: int,
    preferences: Preferences,
    now: datetime,
    has_focus: bool,
    presence: Found,
    is_blocked: bool,
) -> Suppressed | None:
    """Return why this person is not told, or None if they are."""
    if is_blocked:
        return "blocked"
    if recipient.read_seq >= seq + (recipient.reason == "invitation"):
        # A new member's read position begins at the event that took them in, though they have not seen it.
        return "read"
    if has_focus:
        return "looking"
    if recipient.only_if_here and recipient.user_id not in presence.here:
        return "away"
    if recipient.user_id in presence.do_not_disturb:
        return "dnd"
    if is_muted(recipient.notify, now=now):
        return "room_muted"
    if recipient.reason not in LEVELS[recipient.notify.level]:
        return "room_level"
    if not preferences.allow(recipient.reason):
        return "kind_off"
    return None


def is_muted(notify: Notify, *, now: datetime) -> bool:
    return notify.muted_until is not None and datetime.fromisoformat(notify.muted_until) > now
