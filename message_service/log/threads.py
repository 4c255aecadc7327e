"""Who follows a thread by what is said in it: who began it, who writes in it, and who is named in it."""

from collections.abc import Iterator
from typing import NamedTuple

from message_service.log.records import MessageRecord


class Following(NamedTuple):
    """A person who follows from a reply on. `wrote` is for those whose own reply it is, whatever they chose before."""

    user_id: str
    # What a newcomer to the thread has read of it.
    read_n: int
    wrote: bool = False


def followings(reply: MessageRecord, root: MessageRecord) -> Iterator[Following]:
    """Yield who follows the thread after this reply, each once."""
    yield Following(reply.sender, reply.n, wrote=True)
    others = {root.sender: root.n} | {user_id: reply.n - 1 for user_id in named_in(reply) if user_id != root.sender}
    yield from (Following(user_id, read_n) for user_id, read_n in others.items() if user_id != reply.sender)


def named_in(record: MessageRecord) -> list[str]:
    return list(dict.fromkeys(record.mentions.users))
