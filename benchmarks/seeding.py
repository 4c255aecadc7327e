"""A world that would take hours to make by the public protocol: people, rooms and tokens, written where they are kept.

Rooms go through the message store's own port, tokens are signed with the stack's own key; only the accounts are written
into their table as it is. Nothing here runs while anything is measured.
"""

import sqlite3
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from chatflow.auth.keys import open_token_key
from chatflow.auth.principal import Principal
from chatflow.auth.tokens import TokenSigner
from chatflow.ids import new_id
from chatflow.protocol.events import Event, RoomCreated
from chatflow.protocol.objects import Member, Room
from chatflow.supervisor.data_folder import prepare_data_folder
from chatflow.wire.log import Entry, Run, Step
from message_service.stores.sqlite.store import SqliteStore

AT = "2026-11-20T12:00:00.000Z"
TOKEN_SECONDS = 6 * 3600
ROOMS_AT_ONCE = 50
# Nobody signs in with a password here.
NO_PASSWORD = "!"  # noqa: S105
INSERT_ACCOUNT = (
    "INSERT OR IGNORE INTO users (id, username, username_key, display_name, display_key, initials_key, password_hash, "
    "bot, deactivated, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


class World:
    """People by number, and rooms of them; to be written into a data folder before its first start."""

    def __init__(self, people: int) -> None:
        self.people = [new_id() for _ in range(people)]
        self.rooms: dict[str, list[int]] = {}
        self.tokens: list[str] = []

    def add_room(self, members: Sequence[int]) -> str:
        room_id = new_id()
        self.rooms[room_id] = list(members)
        return room_id

    def write(self, data_dir: Path) -> None:
        """Write the rooms, and sign a token for everybody."""
        prepare_data_folder(data_dir)
        store = SqliteStore(str(data_dir / "messages.db"))
        store.migrate()
        runs = [self._creation(room_id) for room_id in self.rooms]
        for begin in range(0, len(runs), ROOMS_AT_ONCE):
            append(store, runs[begin : begin + ROOMS_AT_ONCE])
        store.close()
        signer = TokenSigner(open_token_key(data_dir / "secrets" / "token.pem"))
        now = int(time.time())
        self.tokens = [
            signer.sign(Principal(person, session_id=new_id()), issued_at=now, expires_at=now + TOKEN_SECONDS)
            for person in self.people
        ]

    def write_accounts(self, data_dir: Path) -> None:
        """To be called once user_service has made its tables; at a second start they are there."""
        now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
        rows = [
            (person.replace("-", ""), *[f"load-{number}"] * 4, "", NO_PASSWORD, False, False, now)
            for number, person in enumerate(self.people)
        ]
        with sqlite3.connect(data_dir / "users.db", timeout=10) as db:
            db.executemany(INSERT_ACCOUNT, rows)
        db.close()

    def _creation(self, room_id: str) -> Run:
        owner, *others = [self.people[number] for number in self.rooms[room_id]]
        people = [Member(owner, "owner"), *(Member(user_id, "member") for user_id in others)]
        room = Room(
            id=room_id, kind="channel", name=f"Room {room_id[-6:]}", topic="", private=False, archived=False,
            member_count=len(people), head=1, n=0, retention_days=None, history="all",
        )  # fmt: skip
        event = RoomCreated(room_id=room_id, seq=1, n=0, actor=owner, at=AT, room=room, members=people)
        return run_of(room_id, [event], expected_head=0)


def run_of(room_id: str, happened: Iterable[Event], *, expected_head: int) -> Run:
    entries = [Entry(id=id_of(event), op=f"g:{new_id()}", owed=False, event=event) for event in happened]
    return Run(room_id=room_id, expected_head=expected_head, steps=[Step(entry) for entry in entries])


def id_of(event: Event) -> str:
    message = getattr(event, "message", None)
    return new_id() if message is None else str(message.id)


def append(store: SqliteStore, runs: list[Run]) -> None:
    results = store.append(runs, deadline=time.time() + 60)
    if any(result.stopped_by for result in results):
        raise RuntimeError("the world could not be written")
