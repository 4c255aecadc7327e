"""Whom an event alerts, and why.

notification_service makes a notice of this for each of them, and decides which of the notices are told.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chatflow.protocol.objects import Reason
from chatflow.wire.outbox import AlertDetails, Audience, Job, Recipient
from message_service.log.folding import is_gone
from message_service.log.hiding import is_declined
from message_service.log.late_events import late_event
from message_service.log.records import MessageRecord, RoomRecord, StoredEvent
from message_service.log.room_objects import Standing


@dataclass(slots=True, kw_only=True)
class Alert:
    """An event that alerts people, with all that is needed to find them."""

    room: RoomRecord
    event: StoredEvent
    # The message that the event creates or changes.
    message: MessageRecord | None
    reply_author: str | None = None
    # The people who follow the message's thread.
    thread_people: list[str] = field(default_factory=list)
    # Those who chose not to follow it.
    thread_refused: frozenset[str] = frozenset()


@dataclass(slots=True)
class Addressed:
    """People with the first reason that concerns them, and the reason for every other member, if there is one.

    `here` says that the others are mentioned if they are here, which is not known in this service.
    """

    people: dict[str, Reason] = field(default_factory=dict)
    everyone: Reason | None = None
    here: bool = False

    @property
    def concerns_all(self) -> bool:
        return self.everyone is not None or self.here

    @property
    def known(self) -> Collection[str] | None:
        """Everybody whom the event addresses; None if it is all members."""
        return None if self.concerns_all else self.people

    def among(self, only: Audience, *, refused: Collection[str] = ()) -> Collection[str]:
        """Return those of the audience whom the event concerns, and note what it otherwise is to them.

        To those who refused its thread it is nothing for the thread's sake.
        """
        if only.otherwise is not None and not self.concerns_all:
            left_out = refused if only.otherwise == "thread" else ()
            self.add((user_id for user_id in only.user_ids if user_id not in left_out), only.otherwise)
        return only.user_ids if self.concerns_all else self.people.keys() & set(only.user_ids)

    def add(self, user_ids: Iterable[str], reason: Reason) -> None:
        for user_id in user_ids:
            self.people.setdefault(user_id, reason)


def addressed_by(alert: Alert) -> Addressed:
    """Return whom the event addresses; a reason that names a person comes before one for everybody."""
    event, detail, addressed = alert.event, alert.event.detail or {}, Addressed()
    match event.type:
        case "message.created":
            add_mentions(addressed, detail.get("mentions") or {})
            if alert.room.kind == "direct":
                # Everyone in a direct room is meant, so @here mentions them even if they are away.
                addressed.everyone = "mention" if addressed.here else addressed.everyone or "direct"
            if alert.reply_author is not None:
                addressed.add([alert.reply_author], "reply")
            addressed.add(alert.thread_people, "thread")
        case "message.edited":
            before = detail["target"].get("mentions_before") or {}
            add_mentions(addressed, newly_named(detail["mentions"], before))
        case "member.joined":
            addressed.add([detail["user_id"]], "invitation")
        case "room.created" if alert.room.kind != "direct":
            addressed.add((member["user_id"] for member in detail["members"]), "invitation")
    addressed.people.pop(event.actor, None)
    return addressed


def add_mentions(addressed: Addressed, mentions: Mapping[str, Any]) -> None:
    addressed.add(mentions.get("users", ()), "mention")
    if mentions.get("all"):
        addressed.everyone = "mention"
    addressed.here = bool(mentions.get("here"))


def newly_named(mentions: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Return whom an edit newly mentions; those mentioned before have been alerted already."""
    if before.get("all"):
        return {}
    users = [user_id for user_id in mentions.get("users", ()) if user_id not in before.get("users", ())]
    here = mentions.get("here") and not before.get("here")
    return {"users": users, "all": mentions.get("all"), "here": here}


@dataclass(frozen=True)
class StandingsPage:
    """A page of a room's people: so many after a user id, either of those named or of all members."""

    room_id: str
    user_ids: Sequence[str] | None
    after: str
    limit: int


def details_of_all(
    jobs: Sequence[Job],
    alerts: Iterable[Alert],
    *,
    after: str,
    limit: int,
    only: Audience | None = None,
    enrich: Callable[[Alert], None],
    read_standings: Callable[[StandingsPage], list[Standing]],
) -> list[AlertDetails]:
    """Return the details of alerts in the order of their jobs, until so many people were looked at."""
    details = []
    for alert in alerts:
        job = Job(alert.event.room_id, alert.event.seq)
        behind = after if job == jobs[0] else ""
        if limit <= 0:
            details.append(details_to_come(alert))
            continue
        enrich(alert)
        addressed = addressed_by(alert)
        # Those whom it names are known here, so a page is cut from them. If it concerns all, the store reads the page.
        known = addressed.known if only is None else addressed.among(only, refused=alert.thread_refused)
        named = None if known is None else sorted(one for one in known if one > behind)
        page = None if named is None else named[:limit]
        standings = read_standings(StandingsPage(alert.room.id, page, behind, limit))
        looked_at = [standing.user_id for standing in standings] if page is None else page
        goes_on = len(looked_at) == limit if named is None else len(named) > limit
        details.append(details_about(alert, addressed, standings, next_after=looked_at[-1] if goes_on else None))
        limit -= len(looked_at)
    return details


def details_to_come(alert: Alert) -> AlertDetails:
    """Return details without people: they are to be asked for again, from the first person on."""
    return AlertDetails(
        job=Job(alert.event.room_id, alert.event.seq),
        room_kind=alert.room.kind,
        room_name=alert.room.name,
        event=None,
        recipients=[],
        next="",
    )


def details_about(
    alert: Alert, addressed: Addressed, standings: Iterable[Standing], *, next_after: str | None
) -> AlertDetails:
    """Return the job's details; `standings` are of the people addressed, or of any if the event concerns all."""
    event = alert.event
    # What an edit says to newcomers is in a message that they may not read.
    is_of_the_past = alert.room.history == "joined" and event.type == "message.edited"
    first_seq = (event.detail or {})["target"]["seq"] if is_of_the_past else event.seq
    recipients = []
    for standing in standings:
        reason = addressed.people.get(standing.user_id, addressed.everyone)
        only_if_here = reason is None and addressed.here
        if only_if_here:
            reason = "mention"
        if reason is not None and was_there(standing, first_seq) and standing.user_id != event.actor:
            recipients.append(recipient_of(standing, reason, only_if_here=only_if_here))
    gone = alert.message is not None and is_gone(alert.message, trimmed_n=alert.room.trimmed_n)
    return AlertDetails(
        job=Job(event.room_id, event.seq),
        room_kind=alert.room.kind,
        room_name=alert.room.name,
        event=None if gone else late_event(event, alert.message, trimmed_n=alert.room.trimmed_n),
        recipients=recipients,
        next=next_after,
    )


def was_there(standing: Standing, seq: int) -> bool:
    """Tell whether a person is a member, was one by that event, and did not decline the room."""
    return standing.is_member and standing.joined_seq <= seq and not is_declined(standing.hidden_n)


def recipient_of(standing: Standing, reason: Reason, *, only_if_here: bool = False) -> Recipient:
    return Recipient(
        user_id=standing.user_id,
        reason=reason,
        read_seq=standing.read_seq,
        notify=standing.notify,
        only_if_here=only_if_here,
    )
