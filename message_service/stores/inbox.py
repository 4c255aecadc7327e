"""Puts a person's inbox together, and takes out what is done, from what each store finds by its indexes."""

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple, Protocol

from chatflow.protocol.objects import DeletedMessage, Message
from chatflow.wire.inbox import DoneItem, InboxDoneAnswer, InboxKind, ThreadRead
from chatflow.wire.personal import ThreadMark
from chatflow.wire.reads import ReadMark, ReadPosition, RoomRow
from message_service.log.inbox import Call, Entry, Place, UnreadRoom, entry_of_call, is_muted, newest_calls
from message_service.stores.port import FoundThread, InboxItem, InboxPage, ThreadPage
from message_service.stores.sizes import Sheet

# A room and the number of one of its messages.
Numbered = tuple[str, int]
# After every key of an entry.
LAST_KEY = "~"
# More threads than get a reply in one and the same millisecond.
AT_ONE_TIME = 1_000


class Said(NamedTuple):
    """A message by its place in the log, with what it takes to be done with it."""

    room_id: str
    seq: int
    n: int
    at: str
    # The message under which its thread hangs; its own id where it is in none.
    thread: str


class InboxSource(Protocol):
    """What a store finds for one inbox."""

    def unread_rooms(self, user_id: str) -> list[UnreadRoom]:
        """Return the rooms with something to read, the last active first, as many as are looked at."""

    def calls(self, user_id: str, rooms: Sequence[UnreadRoom]) -> Iterable[Call]:
        """Return the messages by others that call the person, at least the newest ones of each room."""

    def done(self, user_id: str) -> set[Numbered]: ...

    def messages(self, places: Sequence[Numbered], *, viewer: str) -> dict[Numbered, Message | DeletedMessage]: ...

    def rows(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[str, RoomRow]]: ...

    def threads_of(self, user_id: str, *, unread: bool, after: Place | None, limit: int) -> ThreadPage: ...

    def readable_at(self, user_id: str, places: Sequence[tuple[str, int]]) -> list[Said]:
        """Return the messages with these seqs that the person may read."""

    def keep_done(self, user_id: str, said: Sequence[Said]) -> None:
        """Keep these as done; what is read by now is forgotten, and the oldest of too many."""

    def mark_read(self, marks: Sequence[ReadMark]) -> list[ReadPosition]: ...

    def read_threads(self, marks: Sequence[ThreadMark]) -> list[int | None]: ...


def inbox_page(
    source: InboxSource,
    user_id: str,
    *,
    kinds: Collection[InboxKind],
    after: Place | None,
    limit: int,
    now: float,
) -> InboxPage:
    rooms = source.unread_rooms(user_id) if {"mention", "unread"} & set(kinds) else []
    entries: list[Entry] = []
    if "mention" in kinds:
        done = source.done(user_id)
        entries += [entry_of_call(call) for call in newest_calls(source.calls(user_id, rooms), done=done)]
    if "unread" in kinds:
        entries += [entry_of_room(one) for one in rooms if not is_muted(one.standing.notify, now=now)]
    threads: dict[Place, FoundThread] = {}
    horizon: Place | None = None
    if "thread" in kinds:
        found = threads_with_news(source, user_id, after=after, limit=limit)
        threads = {entry.place: one for one in found.items if (entry := entry_of_thread(one)) is not None}
        entries += [entry for one in found.items if (entry := entry_of_thread(one)) is not None]
        horizon = None if found.next is None else (found.next[0], LAST_KEY)
    wanted = sorted(
        (
            entry
            for entry in entries
            if (after is None or entry.place < after) and (horizon is None or entry.place > horizon)
        ),
        key=lambda entry: entry.place,
        reverse=True,
    )
    first_seqs = {one.room.id: one.first_seq for one in rooms}
    return filled(source, user_id, wanted, threads=threads, first_seqs=first_seqs, horizon=horizon, limit=limit)


def threads_with_news(source: InboxSource, user_id: str, *, after: Place | None, limit: int) -> ThreadPage:
    """Read a page of threads, and more of it while all of them stand at the time at which the next one begins."""
    begin, asked = None if after is None else (after[0], LAST_KEY), limit + 1
    while True:
        found = source.threads_of(user_id, unread=True, after=begin, limit=asked)
        is_whole = found.next is None or any(one.at != found.next[0] for one in found.items)
        if is_whole or not found.items or asked > AT_ONE_TIME:
            return found
        asked *= 2


def filled(
    source: InboxSource,
    user_id: str,
    entries: Sequence[Entry],
    *,
    threads: dict[Place, FoundThread],
    first_seqs: dict[str, int],
    horizon: Place | None,
    limit: int,
) -> InboxPage:
    """Return a page of the first of these, with their messages and counts."""
    page = entries[:limit]
    messages = source.messages([(one.room_id, one.n) for one in page if one.kind != "thread"], viewer=user_id)
    rows = {
        row.room.id: row for _, row in source.rows([(user_id, one.room_id) for one in page if one.kind == "unread"])
    }
    taken = 0

    def found_items() -> Iterable[InboxItem | None]:
        for entry in page:
            message = messages.get((entry.room_id, entry.n))
            if entry.kind == "thread":
                yield item_of_thread(entry, threads[entry.place])
            elif message is None or message.seq < first_seqs[entry.room_id]:
                yield None
            elif entry.kind == "unread":
                yield item_of_room(entry, message, rows.get(entry.room_id))
            else:
                yield item_of_call(entry, message, user_id=user_id)

    sheet = Sheet()
    items: list[InboxItem] = []
    for item in found_items():
        if item is not None and not sheet.take([item], at_least=0 if items else 1):
            break
        taken += 1
        items += [] if item is None else [item]
    if taken < len(entries):
        return InboxPage(items, page[taken - 1].place)
    return InboxPage(items, horizon)


def entry_of_room(one: UnreadRoom) -> Entry:
    """Return the entry of a room, which stands where its newest message does."""
    room = one.room
    return Entry(room.active_at, room.id, room.head, room.n, "unread", "unread")


def entry_of_thread(one: FoundThread) -> Entry | None:
    if one.last is None:
        return None
    return Entry(one.at, one.room_id, one.last.seq, one.last.n, "thread", "thread")


def item_of_thread(entry: Entry, found: FoundThread) -> InboxItem:
    return InboxItem(
        kind="thread",
        why="thread",
        room_id=entry.room_id,
        seq=entry.seq,
        at=entry.at,
        message=shown(found.last),
        thread=found.root.id,
        unread=found.unread,
    )


def item_of_room(entry: Entry, message: Message | DeletedMessage, row: RoomRow | None) -> InboxItem | None:
    """Return the item of a room, unless nothing of what came since is there any more."""
    if row is None or not row.room.unread:
        return None
    return InboxItem(
        kind="unread",
        why="unread",
        room_id=entry.room_id,
        seq=message.seq,
        at=entry.at,
        message=shown(message),
        unread=row.room.unread,
        mentions=row.room.mentions,
    )


def item_of_call(entry: Entry, message: Message | DeletedMessage, *, user_id: str) -> InboxItem | None:
    """Return the item of a message that calls the person, unless it is gone."""
    if not isinstance(message, Message):
        return None
    why = "mention" if user_id in message.mentions.users else entry.why
    return InboxItem(kind="mention", why=why, room_id=entry.room_id, seq=entry.seq, at=entry.at, message=message)


def shown(message: Message | DeletedMessage | None) -> Message | None:
    return message if isinstance(message, Message) else None


def finish_items(source: InboxSource, user_id: str, items: Sequence[DoneItem]) -> InboxDoneAnswer:
    found = {(one.room_id, one.seq): one for one in source.readable_at(user_id, [(i.room_id, i.seq) for i in items])}
    of = {kind: [found[place] for place in places_of(items, kind) if place in found] for kind in KINDS}
    source.keep_done(user_id, of["mention"])
    marks = [ThreadMark(user_id, one.room_id, one.thread, one.n) for one in of["thread"]]
    positions = source.read_threads(marks) if marks else []
    reads = source.mark_read([ReadMark(user_id, one.room_id, one.seq) for one in of["unread"]]) if of["unread"] else []
    return InboxDoneAnswer(
        mentions=[DoneItem(one.room_id, one.seq) for one in of["mention"]],
        threads=[
            ThreadRead(mark.room_id, mark.id, n) for mark, n in zip(marks, positions, strict=True) if n is not None
        ],
        reads=[position for position in reads if position.seq is not None],
    )


KINDS: tuple[InboxKind, ...] = ("mention", "thread", "unread")


def places_of(items: Iterable[DoneItem], kind: InboxKind) -> list[tuple[str, int]]:
    return list(dict.fromkeys((item.room_id, item.seq) for item in items if item.kind == kind))
