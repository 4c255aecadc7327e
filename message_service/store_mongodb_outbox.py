"""The alerts that the log owes, on MongoDB: which, whom they concern, and that they are done."""

from collections.abc import Sequence

from chatflow.wire.outbox import AlertFacts, Job
from message_service.alerting import Alert, addressed_by, facts_about
from message_service.room_objects import Standing
from message_service.store_mongodb_database import Document, MongoDatabase
from message_service.store_mongodb_documents import event_of, record_of
from message_service.store_mongodb_history import messages_by_id, messages_edited_by
from message_service.store_mongodb_personal import followers_of
from message_service.store_mongodb_projections import catch_up
from message_service.store_mongodb_standings import standings_in


def owed_jobs(db: MongoDatabase, *, limit: int, until: float, partitions: Sequence[int] | None) -> list[Job]:
    wanted: Document = {"owed.since": {"$lte": until}}
    if partitions is not None:
        wanted["owed.partition"] = {"$in": list(partitions)}
    found = db.events.find(wanted, {"room_id": 1, "seq": 1}).sort([("owed.since", 1)]).limit(limit)
    return [Job(document["room_id"], document["seq"]) for document in found]


def clear_owed(db: MongoDatabase, jobs: Sequence[Job]) -> None:
    if jobs:
        db.events.update_many(places(jobs), {"$unset": {"owed": ""}})


def places(jobs: Sequence[Job]) -> Document:
    return {"$or": [{"room_id": job.room_id, "seq": job.seq} for job in jobs]}


def facts_about_jobs(db: MongoDatabase, jobs: Sequence[Job]) -> list[AlertFacts]:
    if not jobs:
        return []
    rooms = catch_up(db, {job.room_id for job in jobs})
    documents = {(one["room_id"], one["seq"]): one for one in db.events.find(places(jobs))}
    about = messages_edited_by(db, documents.values())
    facts = []
    for job in jobs:
        document = documents.get((job.room_id, job.seq))
        if document is not None:
            event = event_of(document)
            message = record_of(document) or about.get((job.room_id, event.target_n or 0))
            alert = Alert(room=rooms[job.room_id], event=event, message=message)
            if event.type == "message.created" and message is not None:
                alert.reply_author = author_of(db, job.room_id, message.reply_to)
                alert.thread_people = followers_of(db, message)
            facts.append(facts_about(alert, standings_for(db, alert)))
    return facts


def author_of(db: MongoDatabase, room_id: str, message_id: str | None) -> str | None:
    found = messages_by_id(db, room_id, [message_id]) if message_id is not None else []
    return found[0].sender if found else None


def standings_for(db: MongoDatabase, alert: Alert) -> list[Standing]:
    addressed = addressed_by(alert)
    return standings_in(db, alert.room.id, user_ids=None if addressed.concerns_all else addressed.people)
