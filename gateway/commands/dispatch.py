"""Validates each event that a client sends, and passes it to the part of the gateway that answers it."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, get_args

import msgspec
import structlog

from chatflow.errors import ChatFlowError, Internal, Invalid, NotFound, RateLimited, TimedOut
from chatflow.instants import write_instant
from chatflow.process.running_tasks import RunningTasks
from chatflow.protocol.commands import (
    AnyCommand,
    CreateInvite,
    CreateRoom,
    RevokeInvite,
    TrimRoom,
    UpdateRoom,
    read_request,
)
from chatflow.protocol.queries import (
    Focus,
    FollowThread,
    MarkRead,
    MarkUnread,
    PingApp,
    ReadThread,
    RefreshAuth,
    SetMine,
    SetNotify,
    SetPresence,
    StartTyping,
    StopTyping,
    SyncRooms,
    UnfollowThread,
    WatchPresence,
)
from chatflow.protocol.replies import Refreshed, Watched
from gateway.commands.sender import ANSWER_SECONDS
from gateway.commands.socket_commands import SocketCommands
from gateway.engine.packets import encode_json
from gateway.personal.preferences import Preferences
from gateway.personal.read_positions import ReadPositions
from gateway.presence.focus import FocusedRooms
from gateway.presence.presence import Presence
from gateway.presence.typing import Typists
from gateway.rooms.sync import RoomSync
from gateway.sessions.connection import Connection
from gateway.sessions.lifecycle import Lifecycle
from gateway.sessions.rate_limits import CHANNELS, COMMANDS, READS, SEND, SIGNALS, RateLimits

log = structlog.get_logger(__name__)

Request = TypeVar("Request", bound=msgspec.Struct)
Answering = Callable[[Connection, Any], Awaitable[str]]
AnsweringAtOnce = Callable[[Connection, Any], str]

# Invites are made by REST, whose answer shows the secret to the person who asks; TrimRoom comes from retention only.
NOT_BY_SOCKET = (CreateInvite, RevokeInvite, TrimRoom)
COMMAND_KINDS: dict[str, type[AnyCommand]] = {
    str(kind.__struct_config__.tag): kind for kind in get_args(AnyCommand) if kind not in NOT_BY_SOCKET
}
# The rate-limit class of each event. All other events, unknown ones too, count as signals.
RATE_LIMIT_CLASSES: dict[Any, str] = {
    **dict.fromkeys(COMMAND_KINDS, COMMANDS),
    **dict.fromkeys(("room:notify", "room:mine:set", "thread:follow", "thread:unfollow", "read:unread"), COMMANDS),
    **dict.fromkeys(("room:sync", "presence:watch"), READS),
    "message:send": SEND,
}
# Each further 20 rooms or people in a call count as a read more: 500 rooms, as after a reconnect, are 25 of 500 reads.
NAMED_PER_READ = 20

# Settings are stored even if the client disconnects at once; all other requests end with their connection.
STORED_ANYWAY = {
    "read:mark",
    "read:unread",
    "room:notify",
    "room:mine:set",
    "thread:follow",
    "thread:unfollow",
    "thread:read",
    "presence:set",
}


class Dispatch:
    """The table of clients' events. Each event gets exactly one answer."""

    def __init__(
        self,
        *,
        commands: SocketCommands,
        room_sync: RoomSync,
        reading: ReadPositions,
        preferences: Preferences,
        focus: FocusedRooms,
        presence: Presence,
        typists: Typists,
        lifecycle: Lifecycle,
        rate_limits: RateLimits,
        rooms_per_sync: int,
        people_per_watch: int,
    ) -> None:
        self._commands = commands
        self._room_sync = room_sync
        self._reading = reading
        self._preferences = preferences
        self._focus = focus
        self._presence = presence
        self._typists = typists
        self._lifecycle = lifecycle
        self._rate_limits = rate_limits
        self._rooms_per_sync = rooms_per_sync
        self._people_per_watch = people_per_watch
        self._tasks = RunningTasks()
        self._queries: dict[str, tuple[type[msgspec.Struct], Answering]] = {
            "room:sync": (SyncRooms, self._sync),
            "read:mark": (MarkRead, self._mark_read),
            "read:unread": (MarkUnread, self._mark_read),
            "room:notify": (SetNotify, self._set_notify),
            "room:mine:set": (SetMine, self._set_mine),
            "thread:follow": (FollowThread, self._follow),
            "thread:unfollow": (UnfollowThread, self._follow),
            "thread:read": (ReadThread, self._read_thread),
            "focus": (Focus, self._move_focus),
            "presence:set": (SetPresence, self._set_presence),
            "presence:watch": (WatchPresence, self._watch_presence),
            "auth:refresh": (RefreshAuth, self._refresh),
        }
        # These answers wait for nothing, so they need no task, which would cost more than the answer.
        self._queries_at_once: dict[str, tuple[type[msgspec.Struct], AnsweringAtOnce]] = {
            "typing:start": (StartTyping, self._type),
            "typing:stop": (StopTyping, self._type),
            "ping:app": (PingApp, self._ping),
        }

    def handle(self, connection: Connection, name: Any, args: list[Any], ack_id: int | None) -> None:
        """Handle one event. A command is queued when this returns; anything else is answered as soon as possible."""
        name = name if isinstance(name, str) else ""
        try:
            self._begin(connection, name, args[0] if args else {}, ack_id)
        except ChatFlowError as error:
            connection.refuse(ack_id, error)
        except Exception:
            # A defect of ours in one event. It left nothing queued, so the events after it stay in order without it.
            log.exception("an event could not be handled", name=name)
            connection.refuse(ack_id, Internal())

    def _begin(self, connection: Connection, name: str, payload: Any, ack_id: int | None) -> None:
        counted_as = RATE_LIMIT_CLASSES.get(name, SIGNALS)
        try:
            self._rate_limits.spend(connection.user_id, counted_as)
        except RateLimited as error:
            connection.refuse(ack_id, error)
            if self._rate_limits.is_flooding(connection.user_id, counted_as):
                connection.session.end("flood")
            return
        if name in COMMAND_KINDS:
            command = read_request(COMMAND_KINDS[name], payload)
            if opens_a_channel(command):
                self._rate_limits.spend(connection.user_id, CHANNELS)
            self._commands.submit(connection, command, ack_id)
        elif name in self._queries_at_once:
            query, answering_at_once = self._queries_at_once[name]
            connection.answer(ack_id, answering_at_once(connection, read_request(query, payload)))
        elif name in self._queries:
            query, answering = self._queries[name]
            request = read_request(query, payload)
            self._count(connection, request)
            answer = self._answer(connection, ack_id, answering, request)
            if name in STORED_ANYWAY:
                self._tasks.start(answer)
            else:
                connection.start(answer)
        else:
            raise Invalid("There is no such event.")

    async def _answer(
        self, connection: Connection, ack_id: int | None, answering: Answering, request: msgspec.Struct
    ) -> None:
        connection.unanswered += 1
        try:
            # The timeout ends everything that waits below, down to calls to other services.
            async with asyncio.timeout(ANSWER_SECONDS):
                ok = await answering(connection, request)
            connection.answer(ack_id, ok)
        except ChatFlowError as error:
            connection.refuse(ack_id, error)
        except TimeoutError:
            connection.refuse(ack_id, TimedOut())
        except Exception:
            log.exception("an event could not be answered")
            connection.refuse(ack_id, Internal())
        finally:
            connection.unanswered -= 1
            connection.session.on_answered()

    def _count(self, connection: Connection, request: msgspec.Struct) -> None:
        """Refuse a request that names too many rooms or people; one that names many counts as several reads."""
        named = 0
        if isinstance(request, SyncRooms):
            named = len(request.rooms)
            check_count(named, at_most=self._rooms_per_sync, where="rooms")
        elif isinstance(request, WatchPresence):
            named = len(request.user_ids)
            check_count(named, at_most=self._people_per_watch, where="user_ids")
        if named > NAMED_PER_READ:
            self._rate_limits.charge(connection.user_id, READS, (named - 1) // NAMED_PER_READ)

    async def _sync(self, connection: Connection, request: SyncRooms) -> str:
        return await self._room_sync.sync(connection, request)

    async def _mark_read(self, connection: Connection, request: MarkRead | MarkUnread) -> str:
        seq = await self._reading.mark(connection, request)
        return f'{{"seq":{seq}}}'

    async def _set_notify(self, connection: Connection, request: SetNotify) -> str:
        await self._preferences.set_notify(connection, request)
        return "{}"

    async def _set_mine(self, connection: Connection, request: SetMine) -> str:
        await self._preferences.set_mine(connection, request)
        return "{}"

    async def _follow(self, connection: Connection, request: FollowThread | UnfollowThread) -> str:
        await self._preferences.follow(connection, request)
        return "{}"

    async def _read_thread(self, connection: Connection, request: ReadThread) -> str:
        return f'{{"n":{await self._reading.threads.mark(connection, request)}}}'

    async def _move_focus(self, connection: Connection, request: Focus) -> str:
        await self._focus.move(connection, request.room_id)
        return "{}"

    async def _set_presence(self, connection: Connection, request: SetPresence) -> str:
        await self._presence.set(connection, request)
        return "{}"

    async def _watch_presence(self, connection: Connection, request: WatchPresence) -> str:
        return encode_json(Watched(await self._presence.watch(connection, request))).decode()

    def _type(self, connection: Connection, request: StartTyping | StopTyping) -> str:
        if request.room_id not in connection.rooms:
            raise NotFound
        self._typists.say(connection, request.room_id, active=isinstance(request, StartTyping))
        return "{}"

    async def _refresh(self, connection: Connection, request: RefreshAuth) -> str:
        token = await self._lifecycle.refresh(connection, request.token)
        return encode_json(Refreshed(write_instant(token.expires_at))).decode()

    def _ping(self, connection: Connection, request: PingApp) -> str:
        return f'{{"at":"{write_instant(time.time())}"}}'


def opens_a_channel(command: AnyCommand) -> bool:
    """Tell whether it may make a channel open to everybody, and so take a name from all others."""
    if isinstance(command, UpdateRoom):
        return command.private is False or command.archived is False
    return isinstance(command, CreateRoom) and command.kind == "channel" and not command.private


def check_count(count: int, *, at_most: int, where: str) -> None:
    if count > at_most:
        raise Invalid(f"At most {at_most} in one call - at `$.{where}`")
