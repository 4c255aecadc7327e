"""The application above the engine: it passes new connections, their events and their ends to the gateway's parts."""

from collections.abc import Callable
from typing import Any

from gateway.commands.dispatch import Dispatch
from gateway.commands.socket_commands import SocketCommands
from gateway.engine.session import EngineSession
from gateway.presence.focus import FocusedRooms
from gateway.presence.presence import Presence
from gateway.sessions.connection import Connection
from gateway.sessions.lifecycle import Lifecycle


class GatewayApplication:
    """Implements `gateway.engine.application.Application`."""

    def __init__(
        self,
        *,
        lifecycle: Lifecycle,
        dispatch: Dispatch,
        commands: SocketCommands,
        focus: FocusedRooms,
        presence: Presence,
        is_open: Callable[[], bool],
    ) -> None:
        self._lifecycle = lifecycle
        self._dispatch = dispatch
        self._commands = commands
        self._focus = focus
        self._presence = presence
        self._is_open = is_open

    def admits(self) -> bool:
        return self._is_open()

    async def authenticate(self, session: EngineSession, auth: Any) -> Connection:
        return await self._lifecycle.authenticate(session, auth)

    def on_connected(self, connection: Connection) -> None:
        self._lifecycle.begin(connection)
        self._presence.arrive(connection)

    def on_event(self, connection: Connection, name: Any, args: list[Any], ack_id: int | None) -> None:
        self._dispatch.handle(connection, name, args, ack_id)

    def on_disconnected(self, connection: Connection, reason: str) -> None:
        self._lifecycle.end_connection(connection)
        self._focus.depart(connection)
        self._presence.depart(connection)
        self._commands.abandon(connection)

    def backlog(self, connection: Connection) -> int:
        return connection.unanswered
