"""Makes the notices of an event: one for each person concerned, with a reason if they are not to be told."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any, get_args

from msgspec.structs import replace

from chatflow.presence.keys_redis import Found
from chatflow.wire.outbox import AlertDetails, Recipient
from notification_service.deciding.decide import Facts, decide
from notification_service.deciding.notices import IN_APP, Notice, Suppressed, notice_id
from notification_service.deciding.preferences import Preferences

DEFAULTS = Preferences()
EVERYBODY_AWAY = Found(frozenset(), frozenset())
# Of what does not concern a person no notice is kept.
KEPT: frozenset[Suppressed] = frozenset(get_args(Suppressed))


def blocks_nobody(_: str, __: str) -> bool:
    return False


def make_notices(
    details: AlertDetails,
    *,
    preferences: Mapping[str, Preferences],
    now: datetime,
    in_focus: Collection[tuple[str, str]] = frozenset(),
    presence: Found = EVERYBODY_AWAY,
    blocks: Callable[[str, str], bool] = blocks_nobody,
    keywords: Mapping[str, str] | None = None,
    by_all_threads: Collection[str] = frozenset(),
) -> list[Notice]:
    """Return a notice for each person concerned, or none if the event's content was deleted meanwhile.

    `in_focus` has the (room, person) of those whose screen shows the room, `presence` who is here at all;
    `blocks` tells whether the first person blocks the second. `keywords` has the one that was found by person, and
    `by_all_threads` are people whom a thread concerns because they follow every one.
    """
    if details.event is None:
        return []
    job, event = details.job, details.event
    message_id = message_of(event)
    notices = []
    for recipient in (as_keyword_says(one, keywords=keywords or {}, presence=presence) for one in details.recipients):
        decision = decide(
            facts_about(
                recipient,
                actor=event["actor"],
                seq=job.seq,
                preferences=preferences.get(recipient.user_id, DEFAULTS),
                now=now,
                has_focus=(job.room_id, recipient.user_id) in in_focus,
                presence=presence,
                is_blocked=blocks(recipient.user_id, event["actor"]),
                keyword=(keywords or {}).get(recipient.user_id),
                by_all_threads=recipient.user_id in by_all_threads,
            )
        )
        if not decision.told and decision.reason not in KEPT:
            continue
        notices.append(
            Notice(
                id=notice_id(job.room_id, job.seq, user_id=recipient.user_id, channel=IN_APP),
                user_id=recipient.user_id,
                room_id=job.room_id,
                seq=job.seq,
                channel=IN_APP,
                kind=recipient.reason,
                actor=event["actor"],
                at=event["at"],
                suppressed=None if decision.told else decision.reason,  # type: ignore[arg-type]  # one that is kept
                message_id=message_id,
                steps=decision.steps,
            )
        )
    return notices


def as_keyword_says(recipient: Recipient, *, keywords: Collection[str], presence: Found) -> Recipient:
    """Return whom only an @here names and who is away as one whom their keyword concerns, if it was found."""
    is_missed = recipient.only_if_here and recipient.user_id not in presence.here
    if not is_missed or recipient.user_id not in keywords:
        return recipient
    return replace(recipient, reason="keyword", only_if_here=False)


def facts_about(
    recipient: Recipient,
    *,
    actor: str,
    seq: int,
    preferences: Preferences,
    now: datetime,
    has_focus: bool,
    presence: Found,
    is_blocked: bool,
    keyword: str | None = None,
    by_all_threads: bool = False,
) -> Facts:
    return Facts(
        user_id=recipient.user_id,
        actor=actor,
        seq=seq,
        kind=recipient.reason,
        notify=recipient.notify,
        read_seq=recipient.read_seq,
        preferences=preferences,
        now=now,
        is_blocked=is_blocked,
        only_if_here=recipient.only_if_here,
        is_here=recipient.user_id in presence.here,
        wants_no_disturbance=recipient.user_id in presence.do_not_disturb,
        has_focus=has_focus,
        keyword=keyword if recipient.reason == "keyword" else None,
        by_all_threads=by_all_threads and recipient.reason == "thread",
    )


def message_of(event: Mapping[str, Any]) -> str | None:
    """Return the message that the event makes or changes."""
    message: Any = event.get("message") if event["type"] == "message.created" else event
    return message["id"] if event["type"] in ("message.created", "message.edited") else None
