"""Settles a run once the store has answered: publishes its events, answers its commands, puts back the others."""

import structlog

from chat_service.commit.publisher import Publisher
from chat_service.commit.replies import reply_to_known, reply_to_stored, reply_unchanged
from chat_service.deciding.deciding import Decided, take_event
from chat_service.deciding.incoming_lanes import IncomingCommand, IncomingLanes, op_of
from chat_service.deciding.repeated_commands import find_conflict
from chat_service.deciding.rooms import LiveRoom, Rooms
from chat_service.deciding.rules.message_state import MessagesInRun
from chat_service.metrics import COMMANDS
from chatflow.errors import Conflict, ErrorBody, Internal, RateLimited
from chatflow.protocol.commands import CreateRoom
from chatflow.wire.log import Entry, Known, RunResult

log = structlog.get_logger(__name__)

STORED = COMMANDS.labels("stored")
REFUSED = COMMANDS.labels("refused")
UNCHANGED = COMMANDS.labels("unchanged")
DUPLICATE = COMMANDS.labels("duplicate")
AGAIN = COMMANDS.labels("decided_again")
FAILED = COMMANDS.labels("failed")
INTERNAL = Internal().body


class Settling:
    def __init__(self, *, rooms: Rooms, lanes: IncomingLanes, publisher: Publisher) -> None:
        self._rooms = rooms
        self._lanes = lanes
        self._publisher = publisher

    def settle(self, decided: Decided, result: RunResult) -> None:
        """Publish and answer the steps that applied, put the others back to be decided again, and free the room."""
        try:
            self._settle(decided, result)
        except Exception:
            # The steps that applied are in the log: gateways fetch them, repeated commands are answered from there, and
            # people who were added find the room once their gateway notices a missed signal.
            log.exception("a run cannot be settled", room_id=decided.room.room_id)
            self._publisher.announce(decided.room.room_id, result.head)
            self._publisher.recheck_signals()
            self.refuse(decided.room, decided.commands, error=INTERNAL)

    def _settle(self, decided: Decided, result: RunResult) -> None:
        room, applied = decided.room, result.applied
        entries = [step.entry for step in decided.steps[:applied] if step.entry is not None]
        self._take_over(decided, entries, is_whole=result.stopped_by is None)
        if result.stopped_by == "head" or (room.state is not None and room.state.head != result.head):
            # Another worker wrote here, and may have died before it announced that.
            room.forget_state()
            self._publisher.announce(room.room_id, result.head)
        self._publisher.add_stored(entries)
        again = self._answer_applied(decided, applied)
        unsettled = decided.commands[applied:]
        if result.known is not None:
            self.answer_known(room, unsettled[0], result.known)
            unsettled = unsettled[1:]
        elif result.stopped_by == "added":
            self._answer_added(unsettled[0], retry_after=result.retry_after)
            unsettled = unsettled[1:]
        elif result.stopped_by == "name":
            self._answer_named(unsettled[0], holder=result.holder)
            unsettled = unsettled[1:]
        AGAIN.inc(len(again) + len(unsettled))
        self.put_back(room, [*again, *unsettled])
        self._rooms.release(room)

    def answer_known(self, room: LiveRoom, pending: IncomingCommand, known: Known) -> None:
        """Answer a command whose op is in the log from there, without applying any rule."""
        command = pending.command
        DUPLICATE.inc()
        room.known[command.actor, op_of(command)] = known
        conflict = find_conflict(command.body, known)
        if conflict is not None:
            self._lanes.answer(pending, ok=None, error=conflict)
        else:
            self._lanes.answer(pending, ok=reply_to_known(command.body, room.room_id, known))

    def refuse(self, room: LiveRoom, commands: list[IncomingCommand], *, error: ErrorBody) -> None:
        """Answer these with an error though their senders did nothing wrong; the room starts afresh from the log."""
        for pending in commands:
            if not pending.is_over:
                FAILED.inc()
                self._lanes.end(pending, error=error)
        room.forget_state()
        room.known.clear()
        self._rooms.release(room)

    def _answer_added(self, pending: IncomingCommand, *, retry_after: float | None) -> None:
        """Refuse an addition that stopped the run: only the log knows how many rooms people were lately put into."""
        REFUSED.inc()
        refusal = RateLimited(
            "Others have put this person into too many rooms lately; an invitation link lets them come by themselves.",
            retry_after=None if retry_after is None else round(retry_after, 3),
        )
        self._lanes.answer(pending, ok=None, error=refusal.body)

    def _answer_named(self, pending: IncomingCommand, *, holder: str | None) -> None:
        """Refuse a name that stopped the run: only the log knows what other channels are called."""
        REFUSED.inc()
        refusal = Conflict("There is an open channel of this name.", room_id=holder)
        self._lanes.answer(pending, ok=None, error=refusal.body)

    def put_back(self, room: LiveRoom, commands: list[IncomingCommand]) -> None:
        """Queue these to be decided again, ahead of what came after them."""
        for pending in commands:
            pending.in_run = False
        self._rooms.put_back(room, commands)

    def _take_over(self, decided: Decided, entries: list[Entry], *, is_whole: bool) -> None:
        """Make the state decided ahead the room's committed one, as far as the run applied."""
        state, messages = decided.after, decided.messages
        if not is_whole:
            state, messages = decided.before, MessagesInRun(decided.room.messages, decided.room.puts)
            for entry in entries:
                state = take_event(state, entry, messages)
        decided.room.state = state
        decided.room.remember(entries, messages)

    def _answer_applied(self, decided: Decided, applied: int) -> list[IncomingCommand]:
        """Answer the steps that applied; return those to decide again, because the log must be asked by another op."""
        again: list[IncomingCommand] = []
        stored = refused = unchanged = 0
        room_id, answer = decided.room.room_id, self._lanes.answer
        for position in range(applied):
            pending = decided.commands[position]
            entry, refusal = decided.steps[position].entry, decided.refusals[position]
            if entry is not None:
                stored += 1
                answer(pending, ok=reply_to_stored(pending.command.body, entry))
            elif refusal is not None and may_be_of_old(pending, refusal):
                pending.op = pending.command.op
                again.append(pending)
            elif refusal is not None and pending is decided.failed:
                FAILED.inc()
                self._lanes.end(pending, error=refusal)
            elif refusal is not None:
                refused += 1
                answer(pending, ok=None, error=refusal)
            else:
                unchanged += 1
                head = decided.heads[position]
                answer(pending, ok=reply_unchanged(pending.command.body, room_id, head=head))
        STORED.inc(stored)
        REFUSED.inc(refused)
        UNCHANGED.inc(unchanged)
        return again


def may_be_of_old(pending: IncomingCommand, refusal: ErrorBody) -> bool:
    """Whether this command may have founded the room long ago, when the log still kept foundings by their plain cid."""
    command = pending.command
    return isinstance(command.body, CreateRoom) and refusal.code == Conflict.code and pending.op != command.op
