"""Reads logs and messages from MongoDB: for workers that load, gateways that catch up, and people who page through.

Several documents cannot be read at one moment, so whatever is told of a room is read between two looks at its log, and
read again if there was something new in between.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import TypeVar

from chatflow.errors import Unavailable
from chatflow.protocol.objects import DeletedMessage, Message
from chatflow.wire.bus import Published
from chatflow.wire.log import Known, LoadedRoom, LoadRoom, Snapshot
from chatflow.wire.reads import RoomEvents
from message_service.log.folding import is_gone, message_state, public_message
from message_service.log.late_events import known_of, published_or_unreadable
from message_service.log.records import MessageRecord, RoomRecord, StoredEvent
from message_service.log.room_objects import snapshot_of
from message_service.log.threads import is_own_thread
from message_service.stores.mongodb.database import Document, MongoDatabase
from message_service.stores.mongodb.documents import access_record, event_of, record_of
from message_service.stores.mongodb.invites import living_invites
from message_service.stores.mongodb.projections import catch_up, events_exist_behind, head_of
from message_service.stores.mongodb.reactions import reactions_by, reactions_of, reactor_page
from message_service.stores.mongodb.standings import standings_in
from message_service.stores.mongodb.thread_people import person_id
from message_service.stores.port import MessagePage, Reactor, Span
from message_service.stores.sizes import Sheet
from message_service.stores.spans import fill_page, numbers_of

Told = TypeVar("Told")

ATTEMPTS = 20
# How many characters of packets one answer may carry.
ANSWER_CHARACTERS = 256 * 1024
# One answer can easily carry this many events with the longest messages.
EVENTS_PER_READ = 100
MESSAGES_PER_READ = 50


def read_still(
    db: MongoDatabase, room_ids: Iterable[str], read: Callable[[dict[str, RoomRecord]], dict[str, Told]]
) -> dict[str, Told]:
    """Return what `read` tells of each existing room, true at the head of the record that it was given."""
    waiting = list(dict.fromkeys(room_ids))
    told: dict[str, Told] = {}
    for _ in range(ATTEMPTS):
        if not waiting:
            return told
        rooms = catch_up(db, waiting)
        told |= read(rooms)
        waiting = events_exist_behind(db, {room_id: room.head for room_id, room in rooms.items()})
    raise Unavailable("These rooms change faster than they can be read.", retry_after=0.5)


def load_rooms(db: MongoDatabase, wanted: Sequence[LoadRoom]) -> list[LoadedRoom]:
    by_id = {room.room_id: room for room in wanted}
    sheet = Sheet()
    left_out: set[str] = set()

    def read(rooms: dict[str, RoomRecord]) -> dict[str, LoadedRoom]:
        in_order = [room_id for room_id in by_id if room_id in rooms]
        taken = sheet.take(load_room(db, rooms[room_id], by_id[room_id]) for room_id in in_order)
        left_out.update(in_order[len(taken) :])
        left_out.difference_update(in_order[: len(taken)])
        return {room.room_id: room for room in taken}

    loaded = read_still(db, by_id, read)
    return [
        loaded.get(room_id) or LoadedRoom(room_id=room_id, head=0, n=0) for room_id in by_id if room_id not in left_out
    ]


def load_room(db: MongoDatabase, room: RoomRecord, wanted: LoadRoom) -> LoadedRoom:
    messages = messages_by_id(db, room.id, wanted.message_ids) if wanted.message_ids else []
    put = reactions_by(db, messages, wanted.reactors)
    return LoadedRoom(
        room_id=room.id,
        head=room.head,
        n=room.n,
        snapshot=load_snapshot(db, room) if wanted.snapshot else None,
        messages=[
            message_state(record, trimmed_n=room.trimmed_n, reactions=put.get(record.id, {})) for record in messages
        ],
    )


def load_snapshot(db: MongoDatabase, room: RoomRecord) -> Snapshot:
    last = db.events.find_one({"room_id": room.id, "seq": room.head}, {"at": 1})
    at = "" if last is None else str(last["at"])
    return snapshot_of(
        room, standings_in(db, room.id), pins=pinned_ids(db, room.id), invites=living_invites(db, room.id), at=at
    )


def messages_by_id(db: MongoDatabase, room_id: str, message_ids: Sequence[str]) -> list[MessageRecord]:
    return [access_record(one) for one in db.events.find({"message.id": {"$in": message_ids}, "room_id": room_id})]


def pinned_ids(db: MongoDatabase, room_id: str) -> list[str]:
    return [str(one["_id"]) for one in db.events.find({"pin.room_id": room_id}, {"_id": 1}).sort([("pin.seq", 1)])]


def find_known(db: MongoDatabase, asked: Sequence[tuple[str, str, str]]) -> dict[tuple[str, str, str], Known]:
    """Return the first results of those (room, actor, op) that are in the log."""
    ops = [{"room_id": room_id, "actor": actor, "op": op} for room_id, actor, op in asked]
    documents = list(db.events.find({"$or": ops}))
    rooms = catch_up(db, {room_id for room_id, _, _ in asked})
    about = messages_edited_by(db, documents)
    found = {}
    for document in documents:
        event = event_of(document)
        message = record_of(document) or about.get((event.room_id, event.target_n or 0))
        found[event.room_id, event.actor, event.op] = known_of(event, message, trimmed_n=rooms[event.room_id].trimmed_n)
    return found


def messages_edited_by(db: MongoDatabase, documents: Iterable[Document]) -> dict[tuple[str, int], MessageRecord]:
    """Return the messages that are needed to tell these edits, by room and n."""
    return {place: access_record(found) for place, found in stored_messages_edited_by(db, documents).items()}


def stored_messages_edited_by(db: MongoDatabase, documents: Iterable[Document]) -> dict[tuple[str, int], Document]:
    """Return them as they are stored: one that cannot be read is nobody's but its own event's trouble."""
    wanted = [
        {"room_id": document["room_id"], "message_n": document["target_n"]}
        for document in documents
        if document["type"] == "message.edited"
    ]
    if not wanted:
        return {}
    return {(found["room_id"], found["message_n"]): found for found in db.events.find({"$or": wanted})}


def events_of_rooms(db: MongoDatabase, cursors: dict[str, int], *, limit: int, tail: bool) -> list[RoomEvents]:
    rooms = catch_up(db, cursors)
    left = ANSWER_CHARACTERS
    answers = []
    for room_id, after in cursors.items():
        room = rooms.get(room_id)
        events: list[Published] = []
        # Each event is one document with its current content, so nothing has to be read at one moment.
        if room is not None and left > 0 and room.head > after:
            events = events_of_room(db, room, after=after, limit=limit, tail=tail, characters=left)
            left -= sum(len(event.packet) for event in events)
        answers.append(RoomEvents(room_id=room_id, head=head_of(room), events=events))
    return answers


def events_of_room(
    db: MongoDatabase, room: RoomRecord, *, after: int, limit: int, tail: bool, characters: int
) -> list[Published]:
    """Return as many events as fit, in order, and at least one if there is any."""
    place = {"room_id": room.id, "seq": {"$gt": after, "$lte": room.head}}
    documents = db.events.find(place, batch_size=EVENTS_PER_READ).sort([("seq", -1 if tail else 1)]).limit(limit)
    events: list[Published] = []
    while batch := list(islice(documents, EVENTS_PER_READ)):
        about = stored_messages_edited_by(db, batch)
        for document in batch:
            event = published_or_unreadable(
                partial(event_with_message, document, about),
                place=(room.id, document["seq"], document["n"], document["type"]),
                trimmed_n=room.trimmed_n,
            )
            characters -= len(event.packet)
            if characters < 0 and events:
                documents.close()
                return events[::-1] if tail else events
            events.append(event)
    return events[::-1] if tail else events


def event_with_message(
    document: Document, about: dict[tuple[str, int], Document]
) -> tuple[StoredEvent, MessageRecord | None]:
    edited = about.get((document["room_id"], document.get("target_n") or 0))
    return event_of(document), record_of(document) or (None if edited is None else access_record(edited))


def message_page(db: MongoDatabase, room_id: str, span: Span, *, viewer: str | None) -> MessagePage:
    def read_page(rooms: dict[str, RoomRecord]) -> dict[str, MessagePage]:
        room = rooms[room_id]

        def read(first: int, last: int, newest_first: bool) -> Iterator[Message | DeletedMessage]:
            place = {"room_id": room_id, "message_n": {"$gte": first, "$lte": last}}
            found = db.events.find(place, batch_size=MESSAGES_PER_READ).sort([("message_n", -1 if newest_first else 1)])
            return show(db, room, found, viewer=viewer)

        numbers = numbers_of(span, n=room.n, n_at=lambda seq: n_at(db, room_id, seq))
        items, shown = fill_page(numbers, read=read)
        page = MessagePage(items=items, head=room.head, has_before=shown.has_before, has_after=shown.has_after)
        return {room_id: page}

    return read_still(db, [room_id], read_page)[room_id]


def show(
    db: MongoDatabase, room: RoomRecord, documents: Iterable[Document], *, viewer: str | None
) -> Iterator[Message | DeletedMessage]:
    """Yield messages in the form in which they are shown, reading a few at a time as they are asked for."""
    source = iter(documents)
    while records := [access_record(document) for document in islice(source, MESSAGES_PER_READ)]:
        reactions = reactions_of(db, records, viewer=viewer)
        for record in records:
            yield public_message(record, trimmed_n=room.trimmed_n, reactions=reactions.get(record.id, []))


def n_at(db: MongoDatabase, room_id: str, seq: int) -> int:
    found = db.events.find_one({"room_id": room_id, "seq": {"$lte": seq}}, {"n": 1}, sort=[("seq", -1)])
    return 0 if found is None else int(found["n"])


def one_message(
    db: MongoDatabase, room_id: str, message_id: str, *, viewer: str | None
) -> Message | DeletedMessage | None:
    def read(rooms: dict[str, RoomRecord]) -> dict[str, Message | DeletedMessage | None]:
        found = db.events.find({"message.id": message_id, "room_id": room_id})
        return {room_id: next(show(db, rooms[room_id], found, viewer=viewer), None)}

    return read_still(db, [room_id], read)[room_id]


def reactors_of(
    db: MongoDatabase, room_id: str, message_id: str, emoji: str, *, after: tuple[int, str], limit: int
) -> list[Reactor]:
    room = catch_up(db, [room_id]).get(room_id)
    if room is None:
        return []
    found = [
        record for record in messages_by_id(db, room_id, [message_id]) if not is_gone(record, trimmed_n=room.trimmed_n)
    ]
    return reactor_page(db, found[0], emoji, after=after, limit=limit) if found else []


def pin_page(db: MongoDatabase, room_id: str, *, floor: int, before: int | None, viewer: str | None) -> MessagePage:
    def read(rooms: dict[str, RoomRecord]) -> dict[str, MessagePage]:
        room = rooms[room_id]
        place: Document = {"pin.room_id": room_id, "seq": {"$gte": floor}}
        if before is not None:
            place["pin.seq"] = {"$lt": before}
        found = db.events.find(place, batch_size=MESSAGES_PER_READ).sort([("pin.seq", -1)])
        sheet = Sheet()
        items = sheet.take(show(db, room, found, viewer=viewer))
        next_pin = messages_by_id(db, room_id, [items[-1].id])[0].pinned_seq if sheet.is_full else None
        page = MessagePage(items=items, head=room.head, has_before=False, has_after=sheet.is_full, next_pin=next_pin)
        return {room_id: page}

    return read_still(db, [room_id], read)[room_id]


def thread_page(
    db: MongoDatabase, room_id: str, root_id: str, *, floor: int, after: int, limit: int, viewer: str | None
) -> MessagePage:
    def read(rooms: dict[str, RoomRecord]) -> dict[str, MessagePage]:
        room = rooms[room_id]
        above = n_at(db, room_id, max(after, floor - 1))
        place = {"in_thread.id": root_id, "in_thread.n": {"$gt": above}, "room_id": room_id}
        found = db.events.find(place, batch_size=MESSAGES_PER_READ).sort([("in_thread.n", 1)]).limit(limit + 1)
        sheet = Sheet()
        items = sheet.take(show(db, room, found, viewer=viewer), at_most=limit)
        read_n = None if viewer is None else thread_read_n(db, room_id, root_id, floor=floor, viewer=viewer)
        page = MessagePage(items=items, head=room.head, has_before=False, has_after=sheet.is_full, thread_read_n=read_n)
        return {room_id: page}

    return read_still(db, [room_id], read)[room_id]


def thread_read_n(db: MongoDatabase, room_id: str, root_id: str, *, floor: int, viewer: str) -> int | None:
    """Return up to which number the viewer has read a thread that they follow."""
    row = db.thread_people.find_one({"_id": person_id(root_id, viewer)}, {"read_n": 1})
    if row is not None:
        return int(row["read_n"])
    found = messages_by_id(db, room_id, [root_id])
    if not found or not is_own_thread(found[0], room_id=room_id, floor=floor, user_id=viewer):
        return None
    refused = {"_id": person_id(root_id, viewer), "following": False}
    return found[0].n if db.thread_follows.find_one(refused, {"_id": 1}) is None else None
