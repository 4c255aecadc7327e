"""Who put which emoji on which message, on MongoDB: a document each, so that every reaction costs the same.

A reaction that was taken off keeps its document, which says so, and a late write cannot put it back.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pymongo import UpdateOne

from chatflow.protocol.events import ReactionAdded, ReactionRemoved
from chatflow.protocol.objects import NAMED_PER_REACTION, Reaction
from message_service.log.records import MessageRecord
from message_service.stores.mongodb.database import Document, MongoDatabase, insert_absent, insertion
from message_service.stores.port import Reactor

Reacted = ReactionAdded | ReactionRemoved

# For messages with no more people than this, all are read at once; a page has 200 such messages at most.
READ_AT_ONCE = 50


class Put(NamedTuple):
    """What the store knew of a person's emoji before a run: whether it was put, and as of which event."""

    is_put: bool
    seq: int


NEVER = Put(False, 0)


def reaction_id(event: Reacted) -> str:
    return document_id(event.id, event.actor, event.emoji)


def document_id(message_id: str, user_id: str, emoji: str) -> str:
    return f"{message_id}:{user_id}:{emoji}"


def puts_before(db: MongoDatabase, events: Iterable[Reacted]) -> dict[str, Put]:
    """Return what is known of the reactions that the events are about."""
    ids = [reaction_id(event) for event in events]
    found = db.reactions.find({"_id": {"$in": ids}}, {"is_put": 1, "seq": 1}) if ids else ()
    return {one["_id"]: Put(one["is_put"], one["seq"]) for one in found}


def write_reactions(db: MongoDatabase, room_id: str, events: Sequence[Reacted]) -> None:
    """Store each person's last event of an emoji; one that is already there changes nothing."""
    last = {reaction_id(event): event for event in events}
    writes = []
    for key, event in last.items():
        fields = {"seq": event.seq, "is_put": isinstance(event, ReactionAdded), "at": event.at}
        writes += [
            insertion(document_of(room_id, event)),
            UpdateOne({"_id": key, "seq": {"$lt": event.seq}}, {"$set": fields}),
        ]
    if writes:
        db.reactions.bulk_write(writes, ordered=True)


def document_of(room_id: str, event: Reacted) -> Document:
    return {
        "_id": reaction_id(event),
        "room_id": room_id,
        "message_id": event.id,
        "n": event.target.n,
        "user_id": event.actor,
        "emoji": event.emoji,
        "seq": 0,
        "is_put": False,
    }


def move_reactions(db: MongoDatabase, record: MessageRecord) -> None:
    """Make documents for people whom an older version wrote into the message; their times are in the log."""
    documents = [
        {
            "_id": document_id(record.id, user_id, emoji),
            "room_id": record.room_id,
            "message_id": record.id,
            "n": record.n,
            "user_id": user_id,
            "emoji": emoji,
            # In their order, and before people who react from now on.
            "seq": place - len(people),
            "is_put": True,
        }
        for emoji, people in record.unmoved.items()
        for place, user_id in enumerate(people)
    ]
    insert_absent(db.reactions, documents)


def erase_reactions(db: MongoDatabase, message_ids: Sequence[str]) -> None:
    if message_ids:
        db.reactions.delete_many({"message_id": {"$in": list(message_ids)}})


def reactions_of(
    db: MongoDatabase, records: Sequence[MessageRecord], *, viewer: str | None
) -> dict[str, list[Reaction]]:
    """Return these messages' reactions in the form in which they are shown, to `viewer` or to nobody in particular."""
    marked = [record for record in records if record.reactions]
    if not marked:
        return {}
    first = first_people(db, marked)
    mine = set() if viewer is None else emoji_of(db, marked, viewer)
    shown: dict[str, list[Reaction]] = {}
    for record in marked:
        for emoji, count in record.reactions.items():
            key = (record.id, emoji)
            reaction = Reaction(emoji, first.get(key, []), count)
            if viewer is not None:
                reaction = Reaction(emoji, reaction.user_ids, count, mine=key in mine)
            shown.setdefault(record.id, []).append(reaction)
    return shown


def first_people(db: MongoDatabase, records: Sequence[MessageRecord]) -> dict[tuple[str, str], list[str]]:
    """Return the first people of each message and emoji."""
    first: dict[tuple[str, str], list[str]] = {}
    few = [record.id for record in records if sum(record.reactions.values()) <= READ_AT_ONCE and not record.unmoved]
    if few:
        put = db.reactions.find({"message_id": {"$in": few}, "is_put": True})
        # No index has them in this order over several messages.
        for one in sorted(put, key=lambda one: int(one["seq"])):
            first.setdefault((one["message_id"], one["emoji"]), []).append(one["user_id"])
    for record in records:
        if record.unmoved:
            first |= {(record.id, emoji): whom[:NAMED_PER_REACTION] for emoji, whom in record.unmoved.items()}
        elif record.id not in few:
            for emoji in record.reactions:
                people = reactor_page(db, record, emoji, after=None, limit=NAMED_PER_REACTION)
                first[record.id, emoji] = [one.user_id for one in people]
    return first


def emoji_of(db: MongoDatabase, records: Sequence[MessageRecord], user_id: str) -> set[tuple[str, str]]:
    """Return this person's emoji on these messages."""
    wanted = {"message_id": {"$in": [record.id for record in records]}, "user_id": user_id, "is_put": True}
    found = {(str(one["message_id"]), str(one["emoji"])) for one in db.reactions.find(wanted)}
    return found | {
        (record.id, emoji) for record in records for emoji, whom in record.unmoved.items() if user_id in whom
    }


def reactions_by(
    db: MongoDatabase, records: Sequence[MessageRecord], asked: Sequence[tuple[str, str]]
) -> dict[str, dict[str, list[str]]]:
    """Return, by message and emoji, which of the (message, person) pairs that were asked about put it."""
    found: dict[str, dict[str, list[str]]] = {}
    people: dict[str, set[str]] = {}
    for message_id, user_id in asked:
        people.setdefault(user_id, set()).add(message_id)
    for user_id, message_ids in people.items():
        named = [record for record in records if record.id in message_ids and record.reactions]
        for message_id, emoji in emoji_of(db, named, user_id) if named else ():
            found.setdefault(message_id, {}).setdefault(emoji, []).append(user_id)
    return found


def reactor_page(
    db: MongoDatabase, record: MessageRecord, emoji: str, *, after: tuple[int, str] | None, limit: int
) -> list[Reactor]:
    if record.unmoved:
        people = record.unmoved.get(emoji, [])
        everyone = [Reactor(place - len(people), user_id, None) for place, user_id in enumerate(people)]
        return [one for one in everyone if after is None or (one.seq, one.user_id) > after][:limit]
    wanted: Document = {"message_id": record.id, "emoji": emoji, "is_put": True}
    if after is not None:
        seq, user_id = after
        # Of one emoji on a message, no two people have the same seq.
        wanted |= {"seq": {"$gte": seq}, "$or": [{"seq": {"$gt": seq}}, {"user_id": {"$gt": user_id}}]}
    found = db.reactions.find(wanted).sort([("seq", 1)]).limit(limit)
    return [Reactor(one["seq"], one["user_id"], one.get("at")) for one in found]
