"""The outbox on SQLite: what a consumer is owed, clearing it, and whom an event alerts."""

import sqlite3
from collections.abc import Sequence

from chatflow.wire.outbox import AlertDetails, Audience, Job
from message_service.log.alerting import Alert, StandingsPage, details_of_all
from message_service.log.room_objects import Standing
from message_service.stores.sqlite.documents import encode
from message_service.stores.sqlite.lookups import AT_PLACE, event_with_message, message_by_id, rooms_by_id
from message_service.stores.sqlite.personal import followers_of, refusers_of
from message_service.stores.sqlite.standings import STANDING_COLUMNS, standing_of_row, standings_in


def owed_jobs(
    db: sqlite3.Connection, *, limit: int, until: float, partitions: Sequence[int] | None, consumer: str
) -> list[Job]:
    narrowed, wanted = "", []
    if partitions is not None:
        narrowed, wanted = "AND partition IN (SELECT value FROM json_each(?)) ", [encode(partitions).decode()]
    rows = db.execute(
        f"SELECT room_id, seq FROM outbox WHERE consumer = ? AND since <= ? {narrowed}"  # noqa: S608
        "ORDER BY since, room_id, seq LIMIT ?",
        (consumer, until, *wanted, limit),
    )
    return [Job(*row) for row in rows]


def clear_owed(db: sqlite3.Connection, jobs: Sequence[Job], *, consumer: str) -> None:
    db.executemany(
        "DELETE FROM outbox WHERE room_id = ? AND seq = ? AND consumer = ?",
        [(job.room_id, job.seq, consumer) for job in jobs],
    )


def owed_since(db: sqlite3.Connection, consumer: str) -> float | None:
    [since] = db.execute("SELECT min(since) FROM outbox WHERE consumer = ?", (consumer,)).fetchone()
    return None if since is None else float(since)


def details_of_jobs(
    db: sqlite3.Connection, jobs: Sequence[Job], *, after: str, limit: int, only: Audience | None
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


def alerts_of(db: sqlite3.Connection, jobs: Sequence[Job]) -> list[Alert]:
    rooms = rooms_by_id(db, {job.room_id for job in jobs})
    alerts = []
    for job in jobs:
        row = db.execute(AT_PLACE, (job.room_id, job.seq)).fetchone()
        if row is not None:
            event, message = event_with_message(row)
            alerts.append(Alert(room=rooms[job.room_id], event=event, message=message))
    return alerts


def enrich(db: sqlite3.Connection, alert: Alert) -> None:
    """Look up whom a reply and a thread concern."""
    if alert.event.type == "message.created" and alert.message is not None:
        alert.reply_author = author_of(db, alert.message.reply_to)
        alert.thread_people = followers_of(db, alert.message)
        alert.thread_refused = refusers_of(db, alert.message.thread)


def author_of(db: sqlite3.Connection, message_id: str | None) -> str | None:
    if message_id is None:
        return None
    record = message_by_id(db, message_id)
    return None if record is None else record.sender


def standings_asked_for(db: sqlite3.Connection, page: StandingsPage) -> list[Standing]:
    if page.user_ids is not None:
        return standings_in(db, page.room_id, user_ids=page.user_ids)
    rows = db.execute(
        f"SELECT {STANDING_COLUMNS} FROM memberships "  # noqa: S608
        "WHERE room_id = ? AND user_id > ? ORDER BY user_id LIMIT ?",
        (page.room_id, page.after, page.limit),
    )
    return [standing_of_row(row) for row in rows]
