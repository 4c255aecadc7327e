"""Somebody with a thousand rooms: what they and others wrote, put where it is kept, so that a browser can read it."""

import random
import time
from itertools import accumulate
from pathlib import Path

from benchmarks.history import WORDS
from benchmarks.seeding import World, append, run_of
from chatflow.ids import new_id
from chatflow.instants import write_instant
from chatflow.protocol.events import MessageCreated
from chatflow.protocol.objects import Message
from message_service.stores.sqlite.store import SqliteStore

PEOPLE = 200
MEMBERS = 20
MESSAGES_PER_ROOM = 60
MESSAGES_PER_APPEND = 240
TEXTS = 2000
# Most is one line; the longest is a paragraph.
SHORTEST_WORDS, LONGEST_WORDS = 1, 60
SECONDS_BETWEEN = 90
# How often a text is more than words.
MARKED, LINKED, CODED = 0.08, 0.06, 0.03
CODE = "```python\ndef total(rows):\n    return sum(row.price * row.count for row in rows)\n```"


class ClientWorld(World):
    """The reader is the first of all people and a member of every room; in each the last word is theirs."""

    def __init__(self, *, rooms: int, in_large_room: int) -> None:
        super().__init__(PEOPLE)
        self._chance = random.Random(rooms)
        self.all_rooms = [self.add_room([0, *self._chance.sample(range(1, PEOPLE), MEMBERS - 1)]) for _ in range(rooms)]
        self.large_room = self.all_rooms[0]
        self.counts = dict.fromkeys(self.all_rooms, MESSAGES_PER_ROOM) | {self.large_room: in_large_room}
        self._lengths = list(accumulate(1 / words for words in range(SHORTEST_WORDS, LONGEST_WORDS)))
        self._texts = [self._text() for _ in range(TEXTS)]

    def write_messages(self, data_dir: Path) -> None:
        """To be called once the rooms are written."""
        store = SqliteStore(str(data_dir / "messages.db"))
        now = time.time()
        for room_id, count in self.counts.items():
            events = [self._said(room_id, n, at=now - (count - n + 1) * SECONDS_BETWEEN) for n in range(1, count + 1)]
            for begin in range(0, count, MESSAGES_PER_APPEND):
                said = events[begin : begin + MESSAGES_PER_APPEND]
                append(store, [run_of(room_id, said, expected_head=begin + 1)])
        store.close()

    def _said(self, room_id: str, n: int, *, at: float) -> MessageCreated:
        # Whoever speaks last has read everything.
        number = 0 if n == self.counts[room_id] else self._chance.choice(self.rooms[room_id])
        sender, instant = self.people[number], write_instant(at)
        message = Message(
            id=new_id(), room_id=room_id, seq=n + 1, n=n, cid=new_id(), sender=sender,
            text=self._chance.choice(self._texts), at=instant,
        )  # fmt: skip
        return MessageCreated(room_id=room_id, seq=n + 1, n=n, actor=sender, at=instant, message=message)

    def _text(self) -> str:
        (count,) = self._chance.choices(range(SHORTEST_WORDS, LONGEST_WORDS), cum_weights=self._lengths)
        words = self._chance.choices(WORDS, k=count)
        if self._chance.random() < MARKED:
            words[0] = f"**{words[0]}**"
        if self._chance.random() < LINKED:
            words.append("https://example.org/pages/2026?from=chat")
        text = " ".join(words)
        return f"{text}\n{CODE}" if self._chance.random() < CODED else text
