"""Names of open channels on MongoDB: the event that gives a name claims it, and the index lets one event claim it.

A claim is part of its event, so both are written or neither is. It goes when somebody else wants the name and the room
does not have it any more. Names are looked up in the rooms; the claims decide between those that come at once.
"""

from collections.abc import Collection, Sequence

from message_service.log.names import open_name
from message_service.stores.mongodb.database import MongoDatabase
from message_service.stores.mongodb.projections import catch_up

# The step of the migrations that makes the index.
NUMBER = 12
# Two or three at most have one name from before names were unique.
HOLDERS_AT_MOST = 100


def are_guarded(db: MongoDatabase) -> bool:
    """Tell whether the index is there: a claim from before might keep it from being made."""
    if not db.guards_names:
        step = db.migrations.find_one({"_id": NUMBER}, {"finished_at": 1})
        db.guards_names = step is not None and "finished_at" in step
    return db.guards_names


def rooms_named(db: MongoDatabase, name: str) -> Sequence[str]:
    """Return the open channels of a name, the oldest first."""
    found = db.rooms.find({"is_open": True, "sort_key": name}, {"_id": 1}).limit(HOLDERS_AT_MOST)
    rooms = catch_up(db, [str(room["_id"]) for room in found])
    holders = [room_id for room_id, room in rooms.items() if open_name(room) == name]
    if len(holders) < 2:
        return holders
    # The ids of events begin with the time.
    first = db.events.find({"$or": [{"room_id": room_id, "seq": 1} for room_id in holders]}, {"room_id": 1})
    return [str(event["room_id"]) for event in sorted(first, key=lambda event: str(event["_id"]))]


def release_names(db: MongoDatabase, names: Collection[str]) -> None:
    """Take away claims to these names of rooms that are called otherwise by now, or are not open any more."""
    if not names:
        return
    # A claim that stood in somebody's way may be so new that no majority has it yet.
    db.fence()
    claims = list(db.events.find({"claim.name": {"$in": list(names)}}, {"room_id": 1, "claim": 1}))
    rooms = catch_up(db, {str(event["room_id"]) for event in claims})
    for event in claims:
        # A later event that gives the room this name again has a claim of its own.
        if open_name(rooms.get(event["room_id"])) != event["claim"]["name"]:
            db.events.update_one({"_id": event["_id"]}, {"$unset": {"claim": ""}})
