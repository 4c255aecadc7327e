"""A client's connection, from its sign-in to its end, and the list of all connections at this gateway."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from typing import Any

from chatflow.auth.principal import Principal
from chatflow.auth.tokens import AccessToken
from chatflow.errors import ChatFlowError
from chatflow.ids import new_id
from chatflow.process.running_tasks import RunningTasks
from gateway.engine.packets import ack_packet, event_packet, refusal_packet
from gateway.engine.session import EngineSession
from gateway.metrics import ACKS, CONNECTIONS


class Connection:
    """A client from its CONNECT to its end. Until `ready` is sent, everything for the client waits.

    Its Engine.IO session (the transport, not the sign-in) may go on and carry another connection later, even one of
    another person. An end cannot be undone, and nothing is sent to the client after it.
    """

    def __init__(
        self, session: EngineSession, token: AccessToken, *, principal_now: Callable[[Principal], Principal]
    ) -> None:
        # Not the session's id, because the session's next connection numbers its commands anew.
        self.id = new_id()
        self.session = session
        self.token = token
        self._principal_now = principal_now
        # It stays the same when the connection goes on with another token.
        self.user_id = token.principal.user_id
        # The rooms that it was let into.
        self.rooms: set[str] = set()
        # room → the seq at which the person's membership began, for rooms where a row has said so.
        self.joined_seqs: dict[str, int] = {}
        # room → how many commands of this connection are joining it; their acks say what `room:added` would say.
        self.joining: dict[str, int] = {}
        # Rooms that appeared before the client could be told.
        self.appeared: set[str] = set()
        # Rooms that its person hid before it was ready.
        self.vanished: set[str] = set()
        # Rooms to which it has sent commands.
        self.lanes: set[str] = set()
        self.unanswered = 0
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.expiry: asyncio.TimerHandle | None = None
        # room → the timeouts of questions about it that are not answered yet.
        self._asked: dict[str, set[asyncio.Timeout]] = {}
        self._waiting: list[str] = []
        self._has_ended = False
        self._tasks = RunningTasks()

    @property
    def principal(self) -> Principal:
        """Who acts: as the last token says, but with the role that the person has now."""
        return self._principal_now(self.token.principal)

    @property
    def is_ready(self) -> bool:
        return self.ready.done()

    @property
    def is_over(self) -> bool:
        return self._has_ended or bool(self.session.closed)

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Start work for this connection alone; it is cancelled when the connection ends."""
        if self.is_over:
            work.close()
            return
        self._tasks.start(work)

    def end(self) -> None:
        """End the connection: cancel its work, and send nothing more."""
        self._has_ended = True
        self._waiting.clear()
        if self.expiry is not None:
            self.expiry.cancel()
        self._tasks.cancel()

    @asynccontextmanager
    async def asking(self, room_id: str, *, until: float) -> AsyncIterator[None]:
        """Time out a question about a room: at this time of the loop's clock, or when the room is left."""
        async with asyncio.timeout_at(until) as timeout:
            asked = self._asked.setdefault(room_id, set())
            asked.add(timeout)
            try:
                yield
            finally:
                asked.discard(timeout)
                if not asked and self._asked.get(room_id) is asked:
                    del self._asked[room_id]

    def stop_asking(self, room_id: str) -> None:
        """Time out the questions about a room, because the connection is not in it any more."""
        for timeout in self._asked.pop(room_id, ()):
            if not timeout.expired():
                timeout.reschedule(asyncio.get_running_loop().time())

    def emit(self, name: str, payload: Any) -> None:
        """Send an event of the protocol, once the client is ready for it."""
        self.send(event_packet(name, payload))

    def send(self, packet: str) -> None:
        if self.is_over:
            return
        if self.ready.done():
            self.session.send_packet(packet)
        else:
            self._waiting.append(packet)

    def become_ready(self, packet: str) -> None:
        """Send `ready`, and then what waited for it."""
        self.session.send_packet(packet)
        for waiting in self._waiting:
            self.session.send_packet(waiting)
        self._waiting.clear()
        self.ready.set_result(None)

    def answer(self, ack_id: int | None, ok: str) -> None:
        """Answer an event with this JSON object."""
        ACKS.counts["ok"] += 1
        if ack_id is not None and not self.is_over:
            self.session.send_packet(ack_packet(ack_id, ok))

    def refuse(self, ack_id: int | None, error: ChatFlowError) -> None:
        ACKS.counts[error.code] += 1
        if ack_id is not None and not self.is_over:
            self.session.send_packet(refusal_packet(ack_id, error.body))


class Connections:
    """All connections here, found by the person or the sign-in that they belong to."""

    def __init__(self) -> None:
        self._by_person: dict[str, dict[Connection, None]] = {}
        self._by_session: dict[str, dict[Connection, None]] = {}
        # person → the `rooms_version` that their connections are known to show.
        self.rooms_versions: dict[str, int] = {}
        # People whose list of rooms may have changed unnoticed; it is compared soon.
        self.to_recheck: set[str] = set()

    def add(self, connection: Connection) -> None:
        self._by_person.setdefault(connection.user_id, {})[connection] = None
        self._by_session.setdefault(connection.principal.session_id, {})[connection] = None
        CONNECTIONS.inc()

    def remove(self, connection: Connection) -> None:
        forget(self._by_session, connection.principal.session_id, connection)
        if forget(self._by_person, connection.user_id, connection):
            self.rooms_versions.pop(connection.user_id, None)
            self.to_recheck.discard(connection.user_id)
        CONNECTIONS.dec()

    def recheck(self, user_id: str) -> None:
        """Have this person's rooms asked for again, because their connections do not show what the store says."""
        if self.is_here(user_id):
            self.rooms_versions[user_id] = -1
            self.to_recheck.add(user_id)

    def recheck_all(self) -> None:
        """Have everybody's rooms compared, because something that concerns anybody may be lost."""
        self.to_recheck.update(self._by_person)

    def move(self, connection: Connection, token: AccessToken) -> None:
        """Note that the connection goes on with another token."""
        forget(self._by_session, connection.principal.session_id, connection)
        connection.token = token
        self._by_session.setdefault(token.principal.session_id, {})[connection] = None

    def of(self, user_id: str) -> list[Connection]:
        return list(self._by_person.get(user_id, ()))

    def count(self, user_id: str) -> int:
        return len(self._by_person.get(user_id, ()))

    def of_session(self, session_id: str) -> list[Connection]:
        return list(self._by_session.get(session_id, ()))

    def user_ids(self) -> list[str]:
        return list(self._by_person)

    def is_here(self, user_id: str) -> bool:
        """Tell whether this person is connected here."""
        return user_id in self._by_person

    def __iter__(self) -> Iterator[Connection]:
        return iter([connection for own in self._by_person.values() for connection in own])

    def __len__(self) -> int:
        return sum(map(len, self._by_person.values()))


def forget(index: dict[str, dict[Connection, None]], key: str, connection: Connection) -> bool:
    """Take a connection out of an index; return true if it was the key's last."""
    connections = index.get(key, {})
    connections.pop(connection, None)
    if connections:
        return False
    index.pop(key, None)
    return True
