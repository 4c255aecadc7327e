"""Being done with items of one's inbox: stored for all of one's devices, and told to each of them."""

from typing import Annotated

import msgspec

from chatflow.http.service_client import ServiceClient
from chatflow.protocol.commands import Id, Seq, check_ids
from chatflow.protocol.told import RoomMine
from chatflow.wire.bus import ReadMoved, ToPerson
from chatflow.wire.inbox import DoneItem, InboxDoneAnswer, InboxDoneRequest, InboxKind
from gateway.delivery.signals import SignalSender

ITEMS_AT_MOST = 100


class InboxItemDone(msgspec.Struct, frozen=True):
    """An item of one's inbox, as the inbox names it."""

    room_id: Id
    seq: Seq
    kind: InboxKind = "mention"


class InboxDone(msgspec.Struct, frozen=True):
    """Items with which one is done, by their kind.

    `mention`: the message leaves the inbox and no read position moves. `unread`: the room is read up to the message.
    `thread`: its thread is read up to it.
    """

    items: Annotated[list[InboxItemDone], msgspec.Meta(max_length=ITEMS_AT_MOST)]


class InboxItems:
    """Takes items out of people's inboxes."""

    def __init__(self, messages: ServiceClient, signals: SignalSender) -> None:
        self._messages = messages
        self._signals = signals

    async def finish(self, user_id: str, done: InboxDone) -> None:
        for item in done.items:
            check_ids(item)
        if done.items:
            request = InboxDoneRequest(user_id, [DoneItem(item.room_id, item.seq, item.kind) for item in done.items])
            answer = await self._messages.call("/internal/inbox/done", request, InboxDoneAnswer, idempotent=True)
            self._tell(user_id, answer)

    def _tell(self, user_id: str, answer: InboxDoneAnswer) -> None:
        for one in answer.reads:
            if one.seq is not None:
                self._signals.send(ReadMoved(one.room_id, user_id, one.seq, one.n, moves=one.moves))
        for mine in settings_of(answer):
            payload = msgspec.to_builtins(mine)
            self._signals.send(ToPerson(user_id=user_id, name="room:mine", payload=payload))


def settings_of(answer: InboxDoneAnswer) -> list[RoomMine]:
    """Return what is new in each room, as the person's devices are told."""
    done: dict[str, list[int]] = {}
    for item in answer.mentions:
        done.setdefault(item.room_id, []).append(item.seq)
    threads: dict[str, dict[str, int]] = {}
    for thread in answer.threads:
        read = threads.setdefault(thread.room_id, {})
        read[thread.id] = max(thread.n, read.get(thread.id, 0))
    return [
        RoomMine(room_id, threads_read=threads.get(room_id), done=done.get(room_id))
        for room_id in dict.fromkeys([*done, *threads])
    ]
