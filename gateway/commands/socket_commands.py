"""Commands of sockets: finds the room of each, checks the people whom it names, and answers the client."""

import asyncio
from collections.abc import Iterable

import msgspec
import structlog

from chatflow.errors import ChatFlowError, Internal, Invalid, TimedOut
from chatflow.ids import created_room_id, direct_room_id, is_uuid
from chatflow.process.running_tasks import RunningTasks
from chatflow.protocol.commands import (
    AnyCommand,
    CreateRoom,
    DeclineRoom,
    InviteMember,
    JoinRoom,
    LeaveRoom,
    OpenDirect,
)
from chatflow.protocol.replies import Entered, RoomReply, SeqReply
from gateway.commands.outgoing_lane import OutgoingCommand
from gateway.commands.sender import ANSWER_SECONDS, CommandSender
from gateway.personal.preferences import Preferences
from gateway.rooms.joining import Joining
from gateway.sessions.connection import Connection
from gateway.sessions.known_users import KnownUsers
from gateway.sessions.lifecycle import Lifecycle

log = structlog.get_logger(__name__)

encode = msgspec.json.Encoder().encode
decode_room_reply = msgspec.json.Decoder(RoomReply).decode
decode_seq_reply = msgspec.json.Decoder(SeqReply).decode

# A connection's lanes are kept for as long as it lives. Nobody is in so many rooms, but a client can make up ids.
ROOMS_AT_MOST = 10_000
ENTERING = (CreateRoom, OpenDirect, JoinRoom)
LEAVING = (LeaveRoom, DeclineRoom)


class SocketCommands:
    def __init__(
        self,
        commands: CommandSender,
        *,
        known_users: KnownUsers,
        joining: Joining,
        lifecycle: Lifecycle,
        preferences: Preferences,
    ) -> None:
        self._commands = commands
        self._known_users = known_users
        self._joining = joining
        self._lifecycle = lifecycle
        self._preferences = preferences
        self._tasks = RunningTasks()

    def submit(self, connection: Connection, command: AnyCommand, ack_id: int | None) -> None:
        """Put a client's command into its lane within this call, or raise an error if the command is invalid."""
        command, room_id = with_room(connection.user_id, command)
        if len(connection.lanes) >= ROOMS_AT_MOST and room_id not in connection.lanes:
            # An honest client connects again by itself and repeats its commands, and the lanes begin anew.
            connection.session.end("commands for too many rooms")
            return
        people = people_to_add(command)
        answer_by = asyncio.get_running_loop().time() + ANSWER_SECONDS
        is_entering, is_leaving = isinstance(command, ENTERING), isinstance(command, LEAVING)
        for_good = isinstance(command, DeclineRoom)

        def on_settled(outcome: str | ChatFlowError) -> None:
            if isinstance(outcome, str) and is_entering:
                connection.start(self._enter(connection, room_id, outcome, ack_id, answer_by=answer_by))
                return
            if isinstance(outcome, str) and is_leaving and self._joining.may_be_direct(connection, room_id):
                # Not a task of the connection: the person's other devices hide the room even if this one disconnects.
                hiding = self._hide(connection, room_id, outcome, ack_id, for_good=for_good, answer_by=answer_by)
                self._tasks.start(hiding)
                return
            if is_entering:
                self._stop_joining(connection, room_id)
            self._answer(connection, ack_id, outcome)

        pending = self._commands.submit(
            connection.id,
            room_id,
            command,
            principal=connection.principal,
            on_settled=on_settled,
            is_unchecked=bool(people),
        )
        # Counted after `submit`, which may fail; no answer comes before this call returns.
        connection.unanswered += 1
        connection.lanes.add(room_id)
        if is_entering:
            connection.joining[room_id] = connection.joining.get(room_id, 0) + 1
        if people:
            connection.start(self._check_people(connection, room_id, pending, people))

    def abandon(self, connection: Connection) -> None:
        self._commands.abandon(connection.id, connection.lanes)

    def _answer(self, connection: Connection, ack_id: int | None, outcome: str | ChatFlowError) -> None:
        connection.unanswered -= 1
        if isinstance(outcome, str):
            connection.answer(ack_id, outcome)
        else:
            connection.refuse(ack_id, outcome)
        connection.session.on_answered()

    async def _check_people(
        self, connection: Connection, room_id: str, pending: OutgoingCommand, people: Iterable[str]
    ) -> None:
        error: ChatFlowError | None = None
        try:
            await self._known_users.check_all(people)
        except ChatFlowError as found:
            error = found
        except Exception:
            log.exception("people could not be checked", room_id=room_id)
            error = Internal()
        self._commands.on_checked(connection.id, room_id, pending, error=error)

    async def _enter(
        self, connection: Connection, room_id: str, reply_text: str, ack_id: int | None, *, answer_by: float
    ) -> None:
        """Let the person's sockets into the room after the ok, and answer with the room as it is then."""
        try:
            reply = decode_room_reply(reply_text)
            async with asyncio.timeout_at(answer_by):
                # Events of the room must come after `ready`, which the client may not have waited for.
                await asyncio.shield(connection.ready)
                room = await self._joining.enter_room(connection, room_id)
        except ChatFlowError as error:
            self._answer(connection, ack_id, error)
        except TimeoutError:
            self._answer(connection, ack_id, TimedOut())
        except Exception:
            log.exception("a room that was joined could not be entered", room_id=room_id)
            self._answer(connection, ack_id, Internal())
        else:
            entered = Entered(room, room.head, duplicate=reply.duplicate)
            self._answer(connection, ack_id, encode(entered).decode())
        finally:
            self._stop_joining(connection, room_id)

    async def _hide(
        self,
        connection: Connection,
        room_id: str,
        reply_text: str,
        ack_id: int | None,
        *,
        for_good: bool,
        answer_by: float,
    ) -> None:
        """Leave a direct room by hiding it. Messages up to the reply's seq do not bring it back."""
        try:
            reply = decode_seq_reply(reply_text)
            async with asyncio.timeout_at(answer_by):
                await self._preferences.hide(connection, room_id, seq=reply.seq, for_good=for_good)
        except ChatFlowError as error:
            self._answer(connection, ack_id, error)
        except TimeoutError:
            self._answer(connection, ack_id, TimedOut())
        except Exception:
            log.exception("a room could not be hidden", room_id=room_id)
            self._answer(connection, ack_id, Internal())
        else:
            self._answer(connection, ack_id, reply_text)

    def _stop_joining(self, connection: Connection, room_id: str) -> None:
        connection.joining[room_id] -= 1
        if connection.joining[room_id] == 0:
            del connection.joining[room_id]
        if connection.is_ready and not connection.is_over:
            self._lifecycle.show_appeared(connection)


def with_room(user_id: str, command: AnyCommand) -> tuple[AnyCommand, str]:
    """Return the command as the room's owner is to see it, and the id of the room."""
    match command:
        case CreateRoom():
            return command, created_room_id(user_id, f"c:{command.cid}")
        case OpenDirect():
            others = sorted(set(command.user_ids) - {user_id})
            if not others:
                raise Invalid("A direct room needs another person - at `$.user_ids`")
            return msgspec.structs.replace(command, user_ids=others), direct_room_id([user_id, *others])
        case JoinRoom(invite=str() as invite):
            room_id, _, secret = invite.partition(".")
            if not is_uuid(room_id) or not secret or command.room_id not in (None, room_id):
                raise Invalid("Not an invite - at `$.invite`")
            return msgspec.structs.replace(command, room_id=room_id), room_id
        case _:
            if command.room_id is None:
                raise Invalid("A room or an invite is missing - at `$.room_id`")
            return command, command.room_id


def people_to_add(command: AnyCommand) -> list[str]:
    """Return the people whom a command would bring into a room, who have to exist."""
    match command:
        case CreateRoom():
            return command.members
        case OpenDirect():
            return command.user_ids
        case InviteMember():
            return [command.user_id]
        case _:
            return []
