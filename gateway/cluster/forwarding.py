"""Several gateways behind one port: whoever gets a request of another's session passes it on to that gateway.

A session's id begins with its gateway's. What is passed on comes in by a door on the inner listener, for those who show
a pass for it; it is answered there or refused there, and never passed on again.
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
# Whom the request came from, as the gateway that received it saw; the public listener does not look at it.
CLIENT_ADDRESS = "X-Client-Address"
PROOF = "X-Gateway-Pass"
# What proves who somebody is, and the engine does not look at: it is not carried about.
NOT_FORWARDED = (*HOP_BY_HOP, "Authorization", "Cookie")

# Gateways are near each other: who does not answer by then is dead, and its clients should know soon.
CONNECT_SECONDS = 1.0
# A poll waits for the next ping at most, which is due every 25 s.
SILENCE_SECONDS = 60.0
# Below what the door keeps an idle connection for, else one would be closed under a request.
KEEPALIVE_SECONDS = 4.0

# Of the 8 s in which a process has to be gone: as its own clients are, those that come this way are sent away.
LEAVE_SECONDS = 6.0
PAUSE_SECONDS = 0.05
LEAVING_AT_ONCE = 20

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
SendAway = Callable[[str], Awaitable[None]]


class Forwarding:
    """`answer` is the engine's: it answers for the sessions of this gateway, and says of others that it knows none.

    `send_away` asks the client of a session here to connect anew, once it has its answers.
    """

    def __init__(self, siblings: Siblings, *, answer: Answer, send_away: SendAway, passes: Passes, own_id: str) -> None:
        self._siblings = siblings
        self._passes = passes
        self._own_id = own_id
        self._answer = answer
        self._send_away = send_away
        # The sessions of others that have requests or a tunnel here, each by its gateway and its inner address.
        self._carried: Counter[tuple[str, URL]] = Counter()
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEPALIVE_SECONDS),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=SILENCE_SECONDS),
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
        )
        # A poll that is asked a second time gets what comes after the answer that was lost: a gap that nobody sees.
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
        """Answer a client, by way of the gateway that has its session."""
        gateway_id, dot, _ = request.query.get("sid", "").rpartition(".")
        is_forwarded = bool(dot) and request.method in FORWARDED_METHODS
        address = await self._siblings.address_of(gateway_id) if is_forwarded else None
        if address is None:
            return await self._answer(request)
        return await self._forward(request, gateway_id, address)

    async def let_in(self, request: web.Request) -> web.StreamResponse:
        """Answer what a sibling passes on as if the client had asked here."""
        self._refuse_strangers(request)
        headers = CIMultiDict(request.headers)
        headers.pop(PROOF)
        remote = headers.pop(CLIENT_ADDRESS, request.remote or "")
        return await self._answer(request.clone(headers=headers, remote=remote))

    async def let_go(self, request: web.Request) -> web.Response:
        """A sibling that leaves has been carrying a session of ours: its client is to come back another way."""
        self._refuse_strangers(request)
        await self._send_away(request.query.get("sid", ""))
        return web.Response(status=204)

    async def leave(self) -> None:
        """Have the clients whose requests come this way sent away by the gateways that know them."""
        asked: set[tuple[str, URL]] = set()
        loop = asyncio.get_running_loop()
        end = loop.time() + LEAVE_SECONDS
        async with asyncio.TaskGroup() as tasks:
            while self._carried and loop.time() < end:
                for carried in [carried for carried in self._carried if carried not in asked][:LEAVING_AT_ONCE]:
                    asked.add(carried)
                    tasks.create_task(self._ask_to_send_away(*carried))
                await asyncio.sleep(PAUSE_SECONDS)

    async def _ask_to_send_away(self, gateway_id: str, url: URL) -> None:
        shown = self._passes.write(method="DELETE", target=url.raw_path_qs, gateway_id=gateway_id, client_address="")
        try:
            async with self._session.delete(
                url, headers={PROOF: shown}, timeout=aiohttp.ClientTimeout(total=LEAVE_SECONDS)
            ):
                return
        except (aiohttp.ClientError, TimeoutError, OSError):
            return  # its client is cut off with us, and connects anew all the same

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
                    # The engine answers nobody so: it is us who are not believed.
                    FORWARDED.labels("refused").inc()
                    log.warning("a gateway refuses our passes; do the clocks and the secret agree?", gateway=gateway_id)
                    return await self._answer(request)
                FORWARDED.labels("answered").inc()
                return await (tunnel if upstream.status == 101 else relay)(request, upstream)
        except (aiohttp.ClientError, TimeoutError, OSError):
            # Its sessions are gone, or cannot be reached, which is the same to a client: it connects anew.
            FORWARDED.labels("failed").inc()
            return await self._answer(request)
        finally:
            self._carried[carried] -= 1
            if not self._carried[carried]:
                del self._carried[carried]

    def _headers(self, request: web.Request, gateway_id: str, url: URL) -> CIMultiDict[str]:
        """The client's own, Host and Origin among them, so that the other gateway judges as this one would."""
        headers = CIMultiDict(request.headers)
        # Not what `Connection` names: somebody could have their Origin left out.
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
    """Yield a body, after a nothing that has aiohttp send the head: a payload is under way before its first byte."""
    yield b""
    async for chunk in content.iter_any():
        yield chunk
