"""Who follows a thread by what is said in it: who began it, who writes in it, and who is named in it."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from message_service.log.records import MessageRecord, RoomRecord

# So many followers' rows an append moves at most in a thread, so that nobody makes replies slow by naming people: first
# of those who spoke in it or chose to follow it, then of those who were only named, the newest first.
FOLLOWERS_MOVED = 200


class Following(NamedTuple):
    """A person who follows from a reply on. `wrote` is for those whose own reply it is, whatever they chose before."""

    user_id: str
    # What a newcomer to the thread has read of it.
    read_n: int
    # The last message by which they took part themselves; 0 for who was only named.
    said_n: int = 0
    wrote: bool = False


def followings(reply: MessageRecord, root: MessageRecord) -> Iterator[Following]:
    """Yield who follows the thread after this reply, each once."""
    yield Following(reply.sender, reply.n, said_n=reply.n, wrote=True)
    if root.sender != reply.sender:
        yield Following(root.sender, root.n, said_n=root.n)
    for user_id in named_in(reply):
        if user_id not in (root.sender, reply.sender):
            yield Following(user_id, reply.n - 1)


def may_read_thread(root: MessageRecord, *, room: RoomRecord, joined_seq: int) -> bool:
    """Tell whether a thread hangs under this message that a member of the room may read, who joined then."""
    is_hidden = room.history == "joined" and root.seq < joined_seq
    return root.room_id == room.id and root.thread is None and not is_hidden


def is_own_thread(root: MessageRecord, *, room_id: str, floor: int, user_id: str) -> bool:
    """Tell whether it is a person's own message that they may read, whose thread they follow before anybody replies."""
    return root.room_id == room_id and root.thread is None and root.seq >= floor and root.sender == user_id


def last_replies(replies: Iterable[MessageRecord]) -> dict[str, MessageRecord]:
    """Return the last of these replies in each thread."""
    return {str(reply.thread): reply for reply in sorted(replies, key=lambda reply: reply.n)}


def named_in(record: MessageRecord) -> list[str]:
    return list(dict.fromkeys(record.mentions.users))
