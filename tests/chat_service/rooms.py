"""A room that consists of rules alone, for tests of rules: commands in, events or refusals out."""

from typing import Any

import msgspec

from chat_service.deciding.rules.context import Context
from chat_service.deciding.rules.decide import decide
from chat_service.deciding.rules.evolve import evolve
from chat_service.deciding.rules.message_state import MessagesInRun
from chat_service.deciding.state import RoomState
from chatflow.auth.account_facts.replica import AccountFacts
from chatflow.auth.principal import SYSTEM_PRINCIPAL, Principal
from chatflow.errors import ErrorBody
from chatflow.ids import SYSTEM, new_id
from chatflow.instants import write_instant
from chatflow.protocol.commands import AnyCommand, CreateInvite, DeclineRoom, JoinRoom, OpenDirect
from chatflow.protocol.events import Event
from chatflow.protocol.objects import Attachment
from chatflow.wire.log import Entry
from tests.chat_service.people import ALICE, founding, saying

EDIT_WINDOW_SECONDS = 3600


class PureRoom:
    def __init__(self, room_id: str) -> None:
        self.room_id = room_id
        self.state = RoomState(room_id=room_id)
        self.messages = MessagesInRun({}, {})
        self.entries: list[Entry] = []
        self.seconds = 1_800_000_000.0
        self.facts = AccountFacts("block")
        self.files: dict[str, Attachment] = {}

    def consider(self, actor: str, command: AnyCommand, *, made_id: str = "") -> Event | ErrorBody | None:
        """Decide a command, and leave the room as it is."""
        context = Context(
            principal=SYSTEM_PRINCIPAL if actor == SYSTEM else Principal(actor),
            at=write_instant(self.seconds),
            new_id=made_id or new_id(),
            messages=self.messages,
            blocked=self.facts,
            edit_window_seconds=EDIT_WINDOW_SECONDS,
            files=self.files,
        )
        return decide(self.state, command, context)

    def tell(self, actor: str, command: AnyCommand) -> Event | ErrorBody | None:
        """Decide a command and apply what it makes."""
        made_id = new_id()
        outcome = self.consider(actor, command, made_id=made_id)
        if outcome is not None and not isinstance(outcome, ErrorBody):
            secret_hash = command.secret_hash if isinstance(command, CreateInvite) else None
            declined = isinstance(command, DeclineRoom)
            self.state = evolve(self.state, outcome, secret_hash=secret_hash, declined=declined)
            self.messages.apply(outcome)
            self.entries.append(
                Entry(
                    id=made_id,
                    op=f"g:{made_id}",
                    owed=False,
                    event=outcome,
                    secret_hash=secret_hash,
                    declined=declined,
                )
            )
        return outcome

    def do(self, actor: str, command: AnyCommand) -> Any:
        """Return the event that the command makes, as a client sees it; it must make one."""
        outcome = self.tell(actor, command)
        assert outcome is not None
        assert not isinstance(outcome, ErrorBody), outcome
        return msgspec.json.decode(msgspec.json.encode(outcome))

    def refuse(self, actor: str, command: AnyCommand) -> str:
        """Return the code of the refusal; there must be one."""
        outcome = self.tell(actor, command)
        assert isinstance(outcome, ErrorBody), outcome
        return outcome.code

    def changes_nothing(self, actor: str, command: AnyCommand) -> bool:
        return self.tell(actor, command) is None

    def say(self, actor: str, text: str = "hello", **more: str | None) -> str:
        """Send a message and return its id."""
        message_id: str = self.do(actor, saying(self.room_id, text, **more))["message"]["id"]
        return message_id


def channel(*members: str, owner: str = ALICE, **settings: object) -> PureRoom:
    """Return a channel of Alice's that these people joined."""
    room_id, command = founding(owner, **settings)
    room = PureRoom(room_id)
    room.do(owner, command)
    for member in members:
        room.do(member, JoinRoom(room_id=room_id))
    return room


def direct(room_id: str, *people: str) -> PureRoom:
    room = PureRoom(room_id)
    room.do(people[0], OpenDirect(user_ids=list(people[1:])))
    return room
