"""A connection's life from its token to its end: authentication, letting in up to `ready`, and ways of closing."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import msgspec
import structlog

from chatflow.auth.account_facts.pages import AccountDeactivated, Fact, SessionRevoked
from chatflow.auth.principal import Principal
from chatflow.auth.tokens import AccessToken
from chatflow.errors import ChatFlowError, Forbidden, Unauthenticated
from chatflow.process.running_tasks import RunningTasks
from chatflow.protocol.objects import AccountKind, Room, User
from chatflow.protocol.told import Ending, Limits, Ready, Server, SessionEnding
from gateway.engine.packets import DISCONNECT, event_packet
from gateway.engine.session import EngineSession
from gateway.metrics import CONNECT_SECONDS
from gateway.sessions.client_tokens import ClientTokens
from gateway.sessions.connection import Connection, Connections
from gateway.sessions.known_users import KnownUsers

log = structlog.get_logger(__name__)

# A new token may be on its way. But an expired one must end the connection within two seconds, as a revocation does.
EXPIRY_GRACE_SECONDS = 1.0
# Reading somebody's rooms is quick, but when thousands come back at once they wait for each other.
LET_IN_SECONDS = 30.0


class ReadyRooms(msgspec.Struct, frozen=True):
    """The rooms that a connection is let into and shown in `ready`, each true at its stream's head at this moment."""

    rooms: list[Room]
    more: bool
    rooms_version: int


class Rooms(Protocol):
    """Lets connections into rooms and out of them: see `gateway.rooms.joining.Joining`."""

    async def let_in_everywhere(self, connection: Connection) -> ReadyRooms: ...

    def let_out_everywhere(self, connection: Connection) -> None: ...

    async def show_room(self, user_id: str, room_id: str) -> None: ...

    async def hide_room(self, user_id: str, room_id: str) -> None: ...


class Lifecycle:
    def __init__(
        self,
        *,
        tokens: ClientTokens,
        known_users: KnownUsers,
        rooms: Rooms,
        connections: Connections,
        gateway_id: str,
        limits: Limits,
        connections_per_person: int,
    ) -> None:
        self._tokens = tokens
        self._known_users = known_users
        self._rooms = rooms
        self._connections = connections
        self._limits = limits
        self._connections_per_person = connections_per_person
        self._server = Server("ChatFlow", gateway_id)
        self._tasks = RunningTasks()

    async def authenticate(self, session: EngineSession, auth: Any) -> Connection:
        token = await self._tokens.verify(auth.get("token") if isinstance(auth, dict) else None)
        return Connection(session, token, principal_now=self._tokens.facts.principal_now)

    def begin(self, connection: Connection) -> None:
        """Begin to let a connection in. Its person counts as here from now on, so that no signal for them is missed."""
        self._close_oldest(connection.user_id)
        self._connections.add(connection)
        self._watch_expiry(connection)
        connection.start(self._make_ready(connection))

    def _close_oldest(self, user_id: str) -> None:
        """Close the person's oldest connections if there are too many: the newest device is the one in their hands."""
        if not self._connections_per_person:
            return
        too_many = self._connections.count(user_id) + 1 - self._connections_per_person
        if too_many > 0:
            for connection in self._connections.of(user_id)[:too_many]:
                self.disconnect_for_good(connection, "too_many")

    def end_connection(self, connection: Connection) -> None:
        """Forget a connection whose client is gone, and end its work; its session may go on."""
        connection.end()
        self._connections.remove(connection)
        self._rooms.let_out_everywhere(connection)

    async def refresh(self, connection: Connection, token_text: str) -> AccessToken:
        """Let a connection go on with a newer token of the same person."""
        token = await self._tokens.verify(token_text)
        if token.principal.user_id != connection.user_id:
            raise Forbidden("This token belongs to another person: connect again with it.")
        if connection.is_over:
            raise Unauthenticated
        self._connections.move(connection, token)
        self._watch_expiry(connection)
        return token

    def on_facts(self, facts: list[Fact]) -> None:
        """End the sockets of sessions that were revoked and of accounts that were deactivated."""
        for fact in facts:
            match fact:
                case SessionRevoked(session_id=session_id):
                    ended = self._connections.of_session(session_id)
                case AccountDeactivated(user_id=user_id, holds=True):
                    ended = self._connections.of(user_id)
                case _:
                    continue
            for connection in ended:
                self.disconnect_for_good(connection, "revoked")

    def disconnect_for_good(self, connection: Connection, reason: Ending) -> None:
        """Tell a client why, and disconnect it so that it does not come back with the same token."""
        self._send_ending(connection, reason)
        connection.session.send_packet(DISCONNECT)
        connection.session.end(reason)

    def let_reconnect(self, connection: Connection, reason: Ending) -> None:
        """Close a client's transport, so that it connects again by itself, here or elsewhere."""
        self._send_ending(connection, reason)
        connection.session.end(reason)

    def _send_ending(self, connection: Connection, reason: Ending) -> None:
        connection.session.send_packet(event_packet("session:ending", SessionEnding(reason)))

    def _watch_expiry(self, connection: Connection) -> None:
        if connection.expiry is not None:
            connection.expiry.cancel()
        seconds = connection.token.expires_at - time.time() + EXPIRY_GRACE_SECONDS
        connection.expiry = asyncio.get_running_loop().call_later(
            max(0.0, seconds), self.disconnect_for_good, connection, "token_expired"
        )

    async def _make_ready(self, connection: Connection) -> None:
        try:
            async with asyncio.timeout(LET_IN_SECONDS):
                await self._let_in(connection)
        except (ChatFlowError, TimeoutError) as error:
            # Not by connect_error: stock clients try again only when the transport is closed.
            log.warning("a socket could not be let in", error=str(error))
            connection.session.end("not let in")
        except Exception:
            log.exception("a socket could not be let in")
            connection.session.end("not let in")

    async def _let_in(self, connection: Connection) -> None:
        begun = time.monotonic()
        user = await self._profile(connection.principal)
        shown = await self._rooms.let_in_everywhere(connection)
        if connection.is_over:
            return
        connection.become_ready(
            event_packet(
                "ready",
                Ready(
                    user=user,
                    session_id=connection.principal.session_id,
                    rooms=shown.rooms,
                    more=shown.more,
                    limits=self._limits,
                    server=self._server,
                ),
            )
        )
        if shown.rooms_version < self._connections.rooms_versions.setdefault(connection.user_id, shown.rooms_version):
            # Meanwhile another device of this person was shown a newer list than this one.
            self._connections.recheck(connection.user_id)
        CONNECT_SECONDS.observe(time.monotonic() - begun)
        self.show_appeared(connection)

    def show_appeared(self, connection: Connection) -> None:
        """Show the rooms that appeared while the connection could not be told."""
        vanished, connection.vanished = connection.vanished, set()
        for room_id in vanished:
            self.hide_room(connection.user_id, room_id)
        appeared, connection.appeared = connection.appeared - connection.rooms, set()
        for room_id in appeared - connection.joining.keys():
            self.show_room(connection.user_id, room_id)
        connection.appeared |= appeared & connection.joining.keys()

    def show_room(self, user_id: str, room_id: str) -> None:
        """Let this person's connections into a room soon, because it is in their list now."""
        self._tasks.start(self._change_list(user_id, room_id, self._rooms.show_room))

    def hide_room(self, user_id: str, room_id: str) -> None:
        """Take a direct room from this person's connections soon, because they have hidden it."""
        for connection in self._connections.of(user_id):
            if not connection.is_ready:
                connection.vanished.add(room_id)
        self._tasks.start(self._change_list(user_id, room_id, self._rooms.hide_room))

    async def _change_list(self, user_id: str, room_id: str, change: Callable[[str, str], Awaitable[None]]) -> None:
        try:
            async with asyncio.timeout(LET_IN_SECONDS):
                await change(user_id, room_id)
        except (ChatFlowError, TimeoutError) as error:
            log.warning("a list of rooms could not be changed", room_id=room_id, error=str(error))
            self._connections.recheck(user_id)

    async def _profile(self, principal: Principal) -> User:
        try:
            return await self._known_users.access_user(principal.user_id)
        except ChatFlowError as error:
            # The person is signed in and can go on without user_service; the token says all that is needed.
            log.warning("a profile cannot be read", error=str(error))
            kind: AccountKind = "bot" if principal.kind == "bot" else "person"
            nameless = User(id=principal.user_id, username="", display_name="", bot=kind == "bot")
            return msgspec.structs.replace(nameless, kind=kind, role=principal.role)
