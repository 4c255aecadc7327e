"""Forwards requests between gateways behind one port: a request for another gateway's session is passed on to it.

A session's id begins with its gateway's id. Forwarded requests come in by a path on the inner listener (the door), and
must show a pass. They are answered or refused there, and never forwarded again.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import structlog
from aiohttp import web
from multidict import CIMultiDict
from yarl import URL

from chatflow.errors import Forbidden
from chatflow.http.answers import REQUEST_ID, REQUEST_ID_HEADER
from gateway.cluster.passes import Passes
from gateway.cluster.siblings import Siblings
from gateway.cluster.tunnel import tunnel
from gateway.metrics import FORWARDED
from gateway.relaying import HOP_BY_HOP, relay

log = structlog.get_logger(__name__)

PUBLIC_PATH = "/socket.io/"
DOOR_PATH = "/internal/socket.io/"
FORWARDED_METHODS = ("GET", "POST")
# The client's address as the first gateway saw it; the public listener ignores this header.
CLIENT_ADDRESS = "X-Client-Address"
PROOF = "X-Gateway-Pass"
# Credentials that the engine does not need are not forwarded.
NOT_FORWARDED = (*HOP_BY_HOP, "Authorization", "Cookie")

# Gateways are near each other: one that does not answer by then is dead, and its clients should know soon.
CONNECT_SECONDS = 1.0
# A poll is answered by the next ping at the latest, which is due every 25 s.
SILENCE_SECONDS = 60.0
# Shorter than the idle timeout of the door, or a connection could be closed under a request.
KEEPALIVE_SECONDS = 4.0

# A process has 8 s to end; in this share of it the clients forwarded through this gateway are sent away too.
LEAVE_SECONDS = 6.0
PAUSE_SECONDS = 0.05
LEAVING_AT_ONCE = 20

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
LetReconnect = Callable[[str], Awaitable[None]]


class Forwarding:
    """`answer` is the engine's: it answers for sessions of this gateway, and refuses all others as unknown.

    `let_reconnect` asks the client of a session here to connect anew after it has got its open answers.
    """

    def __init__(
        self, siblings: Siblings, *, answer: Answer, let_reconnect: LetReconnect, passes: Passes, own_id: str
    ) -> None:
        self._siblings = siblings
        self._passes = passes
        self._own_id = own_id
        self._answer = answer
        self._let_reconnect = let_reconnect
        # Sessions of other gateways with open requests or a tunnel here, each by its gateway and its URL there.
        self._carried: Counter[tuple[str, URL]] = Counter()
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEPALIVE_SECONDS),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=SILENCE_SECONDS),
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
        )
        # Never repeat a poll: the second answer would begin after the lost first one, a gap that nobody notices.
        self._session._retry_connection = False

    async def close(self) -> None:
        await self._session.close()

    def public_routes(self) -> list[web.RouteDef]:
        return [web.route("*", PUBLIC_PATH, self.receive)]

    def inner_routes(self) -> list[web.RouteDef]:
        return [
            web.get(DOOR_PATH, self.let_in),
            web.post(DOOR_PATH, self.let_in),
            web.delete(DOOR_PATH, self.let_go),
        ]

    async def receive(self, request: web.Request) -> web.StreamResponse:
        """Answer a client, through the gateway that has its session."""
        gateway_id, dot, _ = request.query.get("sid", "").rpartition(".")
        is_forwarded = bool(dot) and request.method in FORWARDED_METHODS
        address = await self._siblings.address_of(gateway_id) if is_forwarded else None
        if address is None:
            return await self._answer(request)
        return await self._forward(request, gateway_id, address)

    async def let_in(self, request: web.Request) -> web.StreamResponse:
        """Answer a request that a sibling has forwarded as if the client had sent it here."""
        self._refuse_strangers(request)
        headers = CIMultiDict(request.headers)
        headers.pop(PROOF)
        remote = headers.pop(CLIENT_ADDRESS, request.remote or "")
        return await self._answer(request.clone(headers=headers, remote=remote))

    async def let_go(self, request: web.Request) -> web.Response:
        """Send away the client of a session here whose requests come through a sibling that is shutting down."""
        self._refuse_strangers(request)
        await self._let_reconnect(request.query.get("sid", ""))
        return web.Response(status=204)

    async def leave(self) -> None:
        """Ask other gateways to let clients connect anew whose requests come through this one, which shuts down."""
        asked: set[tuple[str, URL]] = set()
        loop = asyncio.get_running_loop()
        end = loop.time() + LEAVE_SECONDS
        async with asyncio.TaskGroup() as tasks:
            while self._carried and loop.time() < end:
                for carried in [carried for carried in self._carried if carried not in asked][:LEAVING_AT_ONCE]:
                    asked.add(carried)
                    tasks.create_task(self._ask_to_let_reconnect(*carried))
                await asyncio.sleep(PAUSE_SECONDS)

    async def _ask_to_let_reconnect(self, gateway_id: str, url: URL) -> None:
        shown = self._passes.write(method="DELETE", target=url.raw_path_qs, gateway_id=gateway_id, client_address="")
        try:
            async with self._session.delete(
                url, headers={PROOF: shown}, timeout=aiohttp.ClientTimeout(total=LEAVE_SECONDS)
            ):
                return
        except (aiohttp.ClientError, TimeoutError, OSError):
            return  # its client is cut off when this gateway ends, and then connects anew anyway

    def _refuse_strangers(self, request: web.Request) -> None:
        self._passes.check(
            request.headers.get(PROOF, ""),
            method=request.method,
            target=request.raw_path,
            gateway_id=self._own_id,
            client_address=request.headers.get(CLIENT_ADDRESS, ""),
        )

    async def _forward(self, request: web.Request, gateway_id: str, address: URL) -> web.StreamResponse:
        door = address.with_path(DOOR_PATH)
        url = URL(f"{door}?{request.rel_url.raw_query_string}", encoded=True)
        carried = gateway_id, door.with_query(sid=request.query["sid"])
        self._carried[carried] += 1
        try:
            async with self._session.request(
                request.method,
                url,
                headers=self._headers(request, gateway_id, url),
                data=head_first(request.content) if request.body_exists else None,
                allow_redirects=False,
            ) as upstream:
                if upstream.status == Forbidden().kind.status:
                    # The engine never answers with this status, so the other gateway refused our pass.
                    FORWARDED.labels("refused").inc()
                    log.warning("a gateway refuses our passes; do the clocks and the secret agree?", gateway=gateway_id)
                    return await self._answer(request)
                FORWARDED.labels("answered").inc()
                return await (tunnel if upstream.status == 101 else relay)(request, upstream)
        except (aiohttp.ClientError, TimeoutError, OSError):
            # The other gateway's sessions are gone or cannot be reached; in both cases the client connects anew.
            FORWARDED.labels("failed").inc()
            return await self._answer(request)
        finally:
            self._carried[carried] -= 1
            if not self._carried[carried]:
                del self._carried[carried]

    def _headers(self, request: web.Request, gateway_id: str, url: URL) -> CIMultiDict[str]:
        """Return the client's headers, also Host and Origin, so that the other gateway decides as this one would."""
        headers = CIMultiDict(request.headers)
        # Headers that `Connection` names are kept: otherwise a client could have its Origin removed.
        for name in NOT_FORWARDED:
            headers.popall(name, None)
        if request.headers.get("Upgrade", "").lower() == "websocket":
            headers.update({"Upgrade": "websocket", "Connection": "upgrade"})
        headers[CLIENT_ADDRESS] = request.remote or ""
        headers[PROOF] = self._passes.write(
            method=request.method,
            target=url.raw_path_qs,
            gateway_id=gateway_id,
            client_address=headers[CLIENT_ADDRESS],
        )
        headers[REQUEST_ID_HEADER] = request[REQUEST_ID]
        return headers


async def head_first(content: aiohttp.StreamReader) -> AsyncIterator[bytes]:
    """Yield a body after an empty chunk, which makes aiohttp send the head before the first byte of the payload."""
    yield b""
    async for chunk in content.iter_any():
        yield chunk
