"""Decides what waits in a room as one run: each command on the state that the ones before it leave."""

from dataclasses import dataclass, field

import structlog

from chat_service.deciding.incoming_lanes import IncomingCommand
from chat_service.deciding.rooms import LiveRoom
from chat_service.deciding.rules.context import Blocks, BlocksUnknown, Context
from chat_service.deciding.rules.decide import decide
from chat_service.deciding.rules.evolve import evolve
from chat_service.deciding.rules.message_state import MessagesInRun
from chat_service.deciding.rules.owed_consumers import consumers_of
from chat_service.deciding.state import RoomState
from chat_service.deciding.watched_rooms import NOBODY_WATCHES, WatchedRooms
from chatflow.errors import ErrorBody, Internal
from chatflow.ids import new_id
from chatflow.instants import write_instant
from chatflow.protocol.commands import CreateInvite, DeclineRoom, SendMessage
from chatflow.protocol.events import Event
from chatflow.protocol.objects import Attachment
from chatflow.wire.bus import Command
from chatflow.wire.log import Check, Entry, Run, Step
from chatflow.wire.outbox import ALERTS

log = structlog.get_logger(__name__)

NO_FILES: dict[str, Attachment] = {}


@dataclass(slots=True, kw_only=True)
class Decided:
    """A room's run, and beside each of its steps the command that it answers and its refusal, if any.

    A run ends at a command at which a rule or a fold failed: that is `failed`, and `behind_failed` what was to follow
    it. What depends on blocks while nobody knows them is `undecided`, with all that the same sender sent behind it.
    """

    room: LiveRoom
    before: RoomState
    after: RoomState
    messages: MessagesInRun
    steps: list[Step] = field(default_factory=list)
    commands: list[IncomingCommand] = field(default_factory=list)
    refusals: list[ErrorBody | None] = field(default_factory=list)
    # The head at each step, for those that change nothing.
    heads: list[int] = field(default_factory=list)
    failed: IncomingCommand | None = None
    behind_failed: list[IncomingCommand] = field(default_factory=list)
    undecided: list[IncomingCommand] = field(default_factory=list)

    @property
    def run(self) -> Run:
        return Run(room_id=self.room.room_id, expected_head=self.before.head, steps=self.steps)


def decide_run(
    room: LiveRoom,
    state: RoomState,
    commands: list[IncomingCommand],
    *,
    now: float,
    blocked: Blocks,
    edit_window_seconds: int,
    watched: WatchedRooms = NOBODY_WATCHES,
) -> Decided:
    """Decide these commands in their order, beginning at the room's committed state; `now` is the log's time.

    The times of a room's events never decrease, whatever clocks do, because retention finds old ones by binary search.
    """
    at = max(write_instant(now), state.at)
    messages = MessagesInRun(room.messages, room.puts)
    decided = Decided(room=room, before=state, after=state, messages=messages)
    for position, pending in enumerate(commands):
        if decided.undecided and any(pending.lane is other.lane for other in decided.undecided):
            decided.undecided.append(pending)
            continue
        command = pending.command
        made_id = new_id(now)
        context = Context(
            principal=command.acting_principal,
            at=at,
            new_id=made_id,
            messages=messages,
            blocked=blocked,
            edit_window_seconds=edit_window_seconds,
            files=files_of(room, command),
        )
        entry: Entry | None = None
        refusal: ErrorBody | None = None
        try:
            outcome = decide(state, command.body, context)
            if isinstance(outcome, ErrorBody):
                refusal = outcome
            elif outcome is not None:
                entry = entry_of(state, pending, outcome, made_id=made_id, watched=watched)
                state = take_event(state, entry, messages)
        except BlocksUnknown:
            decided.undecided.append(pending)
            continue
        except Exception:
            # It costs this one command and not every room here. What its sender sent behind it is not to overtake it.
            log.exception(
                "a command cannot be decided",
                room_id=command.room_id,
                command=type(command.body).__name__,
                request_id=command.request_id,
            )
            entry, refusal = None, Internal().body
            decided.failed, decided.behind_failed = pending, commands[position + 1 :]
        decided.steps.append(Step(entry) if entry else Step(None, Check(actor=command.actor, op=pending.op)))
        decided.refusals.append(refusal)
        decided.commands.append(pending)
        decided.heads.append(state.head)
        if decided.failed is not None:
            break
    decided.after = state
    return decided


def take_event(state: RoomState, entry: Entry, messages: MessagesInRun) -> RoomState:
    """Return the room after an event, and let the messages take it too: both or neither."""
    after = evolve(state, entry.event, secret_hash=entry.secret_hash, declined=entry.declined)
    messages.apply(entry.event)
    return after


def entry_of(state: RoomState, pending: IncomingCommand, event: Event, *, made_id: str, watched: WatchedRooms) -> Entry:
    body = pending.command.body
    owed_to = consumers_of(state, event, watched=watched)
    owed = ALERTS in owed_to
    if owed:
        owed_to.remove(ALERTS)
    return Entry(
        id=made_id,
        op=pending.op,
        owed=owed,
        owed_to=owed_to,
        event=event,
        secret_hash=body.secret_hash if isinstance(body, CreateInvite) else None,
        declined=isinstance(body, DeclineRoom),
    )


def files_of(room: LiveRoom, command: Command) -> dict[str, Attachment]:
    body = command.body
    if not isinstance(body, SendMessage) or not body.attachments:
        return NO_FILES
    named = {file_id: room.files.get((command.actor, file_id)) for file_id in body.attachments}
    return {file_id: file for file_id, file in named.items() if file is not None}
