"""Names of open channels on MongoDB: the event that gives a name claims it, and indexes let one event claim it.

A claim is part of its event, so both are written or neither is. It goes when somebody else wants the name and the room
does not have it any more. Names are looked up in the rooms; the claims decide between those that come at once. A name
has two forms, and each is claimed by itself.
"""

from collections.abc import Collection, Sequence
from itertools import chain

from message_service.log.names import ClaimedName, OpenName, open_name
from message_service.stores.mongodb.database import Document, MongoDatabase
from message_service.stores.mongodb.projections import catch_up

# The steps of the migrations that make the indexes.
GUARDS = ("names", "looks")
# Two or three at most have one name from before names were unique.
HOLDERS_AT_MOST = 100


def claim_of(db: MongoDatabase, claim: ClaimedName) -> Document:
    """Return what an event claims: what an index guards, as a claim from before might keep it from being made."""
    if len(db.guards) < len(GUARDS):
        steps = db.migrations.find({"name": {"$in": list(GUARDS)}, "finished_at": {"$exists": True}}, {"name": 1})
        db.guards = frozenset(str(step["name"]) for step in steps)
    forms = {"name": claim.key if "names" in db.guards else None, "look": claim.look if "looks" in db.guards else None}
    return {form: value for form, value in forms.items() if value is not None}


def rooms_named(db: MongoDatabase, name: OpenName) -> Sequence[str]:
    """Return the open channels of a name, the oldest first."""
    # Older programs write no looks, and leave those of names that they change.
    wanted = ({"look_key": name.look}, {"is_open": True, "sort_key": name.key, "member_count": {"$gt": 0}})
    found = chain.from_iterable(db.rooms.find(one, {"_id": 1}).limit(HOLDERS_AT_MOST) for one in wanted)
    rooms = catch_up(db, [str(room["_id"]) for room in found])
    holders = [room_id for room_id, room in rooms.items() if name.is_like(open_name(room))]
    if len(holders) < 2:
        return holders
    # The ids of events begin with the time.
    first = db.events.find({"$or": [{"room_id": room_id, "seq": 1} for room_id in holders]}, {"room_id": 1})
    return [str(event["room_id"]) for event in sorted(first, key=lambda event: str(event["_id"]))]


def release_names(db: MongoDatabase, claims: Collection[Document]) -> None:
    """Take away these claims of rooms that are called otherwise by now, or keep their names from nobody any more."""
    if not claims:
        return
    # A claim that stood in somebody's way may be so new that no majority has it yet.
    db.fence()
    standing = {
        event["_id"]: event
        for form in ("name", "look")
        if (wanted := [claim[form] for claim in claims if form in claim])
        for event in db.events.find({f"claim.{form}": {"$in": wanted}}, {"room_id": 1, "claim": 1})
    }
    rooms = catch_up(db, {str(event["room_id"]) for event in standing.values()})
    for event_id, event in standing.items():
        room = rooms.get(event["room_id"])
        name = open_name(room)
        has = {"name": None, "look": None} if name is None else {"name": name.key, "look": name.look}
        # A later event that gives the room this name again has a claim of its own.
        gone = {f"claim.{form}": "" for form, value in event["claim"].items() if value != has.get(form)}
        if gone:
            db.events.update_one({"_id": event_id}, {"$unset": gone})
        elif room is not None and name is not None:
            # An older program may have left the look of another name, by which nobody would find who has this one.
            unchanged = {"_id": room.id, "name": room.name, "is_open": True, "look_key": {"$ne": name.look}}
            db.rooms.update_one(unchanged, {"$set": {"look_key": name.look}})
