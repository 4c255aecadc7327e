"""A person: an account, its devices, and calls by REST."""

import asyncio
import time
from collections import Counter
from datetime import datetime
from types import TracebackType
from typing import Self
from uuid import uuid4

import aiohttp

from tests.actors.answers import Json
from tests.actors.device import Device
from tests.actors.http import Http
from tests.actors.link import Link, Transport
from tests.actors.link_javascript import JavaScriptLink
from tests.actors.link_lean import LeanLink
from tests.actors.link_python import PythonLink
from tests.actors.recording import Recorder
from tests.actors.rest import Rest
from tests.actors.waiting import TIMEOUT_SECONDS
from tests.checker.history import HistoryWriter

PASSWORD = "correct horse battery staple 9"
# A token this close to its end is exchanged first.
REFRESH_BEFORE_SECONDS = 30
PAGE = 1000
# Page of the inbox, the largest that is served.
NOTICES = 100


class Actor:
    """Use as a context: leaving it signs every device off."""

    def __init__(
        self,
        url: str,
        name: str,
        *,
        writer: HistoryWriter | None = None,
        keeps_connections: bool = True,
        known_since: float | None = None,
    ) -> None:
        """Without `keeps_connections`, each request takes a new connection and so reaches any gateway.

        With `known_since` (wall-clock seconds) this is somebody who had an account of just this name by then.
        """
        self.url = url
        # Accounts outlive a test, so each has a name of its own.
        self.username = f"{name}-{uuid4().hex[:10]}" if known_since is None else name
        self.user: Json = {}
        self.devices: list[Device] = []
        self._writer = writer
        self._http = Http(connector=aiohttp.TCPConnector(force_close=not keeps_connections))
        # It would ask again where an answer was lost on a cut connection. A poll's answer that is lost takes its events
        # with it, and nobody would learn of it before the next event: the connection has to end, as the others do.
        self._http.session._retry_connection = False
        self.rest = Rest(url, http=self._http.session)
        self._refresh = ""
        self._began_at = time.time() if known_since is None else known_since
        self._expires_at = 0.0
        self._attempts: Counter[str] = Counter()
        self._eye = Recorder(writer, client=f"{self.username}/rest", user="")

    @property
    def id(self) -> str:
        return str(self.user["id"])

    async def register(self) -> Self:
        self._take_session(
            await self.rest.post(
                "/api/users", {"username": self.username, "password": PASSWORD, "display_name": self.username}
            )
        )
        return self

    async def log_in(self) -> Self:
        self._take_session(await self.rest.post("/api/auth/login", {"login": self.username, "password": PASSWORD}))
        return self

    async def refresh(self) -> None:
        self._take_session(await self.rest.post("/api/auth/refresh", {"refresh": self._refresh}))

    def use_token(self, token: str) -> None:
        """Use this token instead of signing in."""
        self.rest.token = token
        self._expires_at = float("inf")

    async def access_token(self) -> str:
        """Return a token that is still valid for a while."""
        if time.time() > self._expires_at - REFRESH_BEFORE_SECONDS:
            await self.refresh()
        return str(self.rest.token)

    def device(self, name: str = "phone", *, transport: Transport = "websocket", client: str = "python") -> Device:
        """Make a device that is not connected yet; `client` says which stock client it runs, or "lean" for none."""
        made = Device(
            recorder=Recorder(self._writer, client=f"{self.username}/{name}", user=self.id),
            make_link=lambda: make_link(client, self.url, transport=transport, http=self._http.session),
            access_token=self.access_token,
            next_attempt=self._next_attempt,
        )
        self.devices.append(made)
        return made

    async def connect(
        self, name: str = "phone", *, transport: Transport = "websocket", client: str = "python"
    ) -> Device:
        device = self.device(name, transport=transport, client=client)
        await device.connect()
        return device

    async def history(self, room_id: str, **query: int | str) -> Json:
        """Return one page of messages."""
        await self.access_token()
        asked_at = time.monotonic()
        page = await self.rest.get(f"/api/rooms/{room_id}/messages", **query)
        self._eye.read(room_id, asked_at=asked_at, head=page["head"])
        return page

    async def compare_with_fresh_look(self, room_id: str, *, within_seconds: float = TIMEOUT_SECONDS) -> None:
        """Record each device's computed state beside what the server shows; read positions may come a little later."""
        deadline = time.monotonic() + within_seconds
        for device in self.devices:
            while True:
                await self.access_token()
                room = await self.rest.get(f"/api/rooms/{room_id}")
                folded = device.view(room_id).state.compared()
                fresh = {name: room.get(name) for name in folded}
                if folded == fresh or time.monotonic() > deadline:
                    break
                await asyncio.sleep(0.1)
            device.recorder.folded(room_id, seq=device.rooms.position(room_id), folded=folded, fresh=fresh)

    async def read_whole_log(self, room_id: str) -> list[Json]:
        """Return every event of a room from its first to its head, and tell the checker that this is all."""
        events: list[Json] = []
        while True:
            await self.access_token()
            after = events[-1]["seq"] if events else 0
            page = await self.rest.get(f"/api/rooms/{room_id}/events", after=after, limit=PAGE)
            for event in page["items"]:
                self._eye.saw(event, source="history", applied=False)
            events += page["items"]
            if not page["items"] or events[-1]["seq"] >= page["head"]:
                self._eye.whole(room_id, head=page["head"])
                self._eye.stamped(events, since=self._began_at)
                return events

    async def read_inbox(self) -> set[tuple[str, int]]:
        """Return the events of all notices, told or kept back with a reason, and tell the checker of them."""
        found = set()
        for suppressed in ("false", "true"):
            cursor: str | None = None
            while True:
                await self.access_token()
                page = await self.rest.get("/api/notifications", limit=NOTICES, suppressed=suppressed, cursor=cursor)
                found |= {(notice["room_id"], notice["seq"]) for notice in page["items"]}
                cursor = page["next"]
                if cursor is None:
                    break
        for room_id, seq in found:
            self._eye.alerted(room_id, seq)
        return found

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for device in self.devices:
            await device.disconnect()
        await self._http.close()

    def _next_attempt(self, cid: str) -> int:
        self._attempts[cid] += 1
        return self._attempts[cid] - 1

    def _take_session(self, session: Json) -> None:
        self.user = session["user"]
        self.rest.token = session["access"]
        self._refresh = session["refresh"]
        self._expires_at = datetime.fromisoformat(session["expires_at"]).timestamp()
        self._eye.user = self.id


def make_link(client: str, url: str, *, transport: Transport, http: aiohttp.ClientSession) -> Link:
    """Return a connection of that stock client, not opened yet."""
    if client == "javascript":
        return JavaScriptLink(url, transport=transport)
    if client == "lean":
        return LeanLink(url, http=http)
    return PythonLink(url, transport=transport, http=http)
