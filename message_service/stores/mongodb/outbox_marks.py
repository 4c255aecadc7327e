"""The outbox on MongoDB: what a consumer is owed, clearing it, and whom an event alerts.

An event's `owed.to` names the consumers that have not cleared it; the last one that does takes away all of `owed`.
"""

from collections.abc import Sequence

from chatflow.wire.outbox import ALERTS, AlertDetails, Audience, Job
from message_service.log.alerting import Alert, StandingsPage, details_of_all
from message_service.log.room_objects import Standing
from message_service.stores.mongodb.database import Document, MongoDatabase
from message_service.stores.mongodb.documents import event_of, record_of
from message_service.stores.mongodb.history import messages_by_id, messages_edited_by
from message_service.stores.mongodb.personal import followers_of, refusers_of
from message_service.stores.mongodb.projections import catch_up
from message_service.stores.mongodb.standings import standing_of, standings_in


def owed_jobs(
    db: MongoDatabase, *, limit: int, until: float, partitions: Sequence[int] | None, consumer: str
) -> list[Job]:
    wanted: Document = owed_to(consumer) | {"owed.since": {"$lte": until}}
    if partitions is not None:
        wanted["owed.partition"] = {"$in": list(partitions)}
    found = db.events.find(wanted, {"room_id": 1, "seq": 1}).sort([("owed.since", 1)]).limit(limit)
    return [Job(document["room_id"], document["seq"]) for document in found]


def owed_since(db: MongoDatabase, consumer: str) -> float | None:
    wanted = owed_to(consumer) | {"owed.since": {"$exists": True}}
    oldest = list(db.events.find(wanted, {"owed.since": 1}).sort([("owed.since", 1)]).limit(1))
    return float(oldest[0]["owed"]["since"]) if oldest else None


def owed_to(consumer: str) -> Document:
    # An older program, which may be running still, names nobody, and means alerts.
    return {"owed.to": {"$in": [ALERTS, None]} if consumer == ALERTS else consumer}


def clear_owed(db: MongoDatabase, jobs: Sequence[Job], *, consumer: str) -> None:
    if not jobs:
        return
    alone: Document = {"owed.to": {"$in": [[ALERTS], None]} if consumer == ALERTS else [consumer]}
    cleared = db.events.update_many(places(jobs) | alone, {"$unset": {"owed": ""}})
    if cleared.matched_count < len(jobs):
        db.events.update_many(places(jobs) | {"owed.to": consumer}, {"$pull": {"owed.to": consumer}})
        # If two were the last at the same time.
        db.events.update_many(places(jobs) | {"owed.to": []}, {"$unset": {"owed": ""}})


def places(jobs: Sequence[Job]) -> Document:
    return {"$or": [{"room_id": job.room_id, "seq": job.seq} for job in jobs]}


def details_of_jobs(
    db: MongoDatabase, jobs: Sequence[Job], *, after: str, limit: int, only: Audience | None
) -> list[AlertDetails]:
    return details_of_all(
        jobs,
        alerts_of(db, jobs),
        after=after,
        limit=limit,
        only=only,
        enrich=lambda alert: enrich(db, alert),
        read_standings=lambda page: standings_asked_for(db, page),
    )


def alerts_of(db: MongoDatabase, jobs: Sequence[Job]) -> list[Alert]:
    if not jobs:
        return []
    rooms = catch_up(db, {job.room_id for job in jobs})
    documents = {(one["room_id"], one["seq"]): one for one in db.events.find(places(jobs))}
    about = messages_edited_by(db, documents.values())
    alerts = []
    for job in jobs:
        document = documents.get((job.room_id, job.seq))
        if document is not None:
            event = event_of(document)
            message = record_of(document) or about.get((job.room_id, event.target_n or 0))
            alerts.append(Alert(room=rooms[job.room_id], event=event, message=message))
    return alerts


def enrich(db: MongoDatabase, alert: Alert) -> None:
    """Look up whom a reply and a thread concern."""
    if alert.event.type == "message.created" and alert.message is not None:
        alert.reply_author = author_of(db, alert.room.id, alert.message.reply_to)
        alert.thread_people = followers_of(db, alert.message)
        alert.thread_refused = refusers_of(db, alert.message.thread)


def author_of(db: MongoDatabase, room_id: str, message_id: str | None) -> str | None:
    found = messages_by_id(db, room_id, [message_id]) if message_id is not None else []
    return found[0].sender if found else None


def standings_asked_for(db: MongoDatabase, page: StandingsPage) -> list[Standing]:
    if page.user_ids is not None:
        return standings_in(db, page.room_id, user_ids=page.user_ids)
    behind = {"room_id": page.room_id, "user_id": {"$gt": page.after}}
    return [standing_of(document) for document in db.memberships.find(behind).sort([("user_id", 1)]).limit(page.limit)]
