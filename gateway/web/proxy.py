"""Forwards REST requests to the service that owns the path's prefix; no other paths of a service are reachable.

A body is read as a whole first; only files, once their start is read, and answers are streamed. Large bodies are
accepted only with a valid token, so that the work they cause is always that of a known person.
"""

import re

import aiohttp
from aiohttp import web
from multidict import CIMultiDict
from yarl import URL

from chatflow.errors import NotFound, Unauthenticated
from chatflow.http.addresses import household
from chatflow.http.answers import REQUEST_ID, REQUEST_ID_HEADER, error_response
from chatflow.http.service_client import CREDENTIAL_HEADER
from chatflow.process.settings import Settings
from gateway.engine.addresses import address_of
from gateway.relaying import end_to_end, relay
from gateway.sessions.client_tokens import ClientTokens
from gateway.web.bodies import Body, LargeBodies
from gateway.web.upstream import Upstream

CONNECT_SECONDS = 2.0
# The longest silence before an answer, once the request is sent, and between two pieces of it; a whole upload or
# download may take longer. No service needs a tenth of this, and one that was stopped is not worth waiting for.
SILENCE_SECONDS = 10.0

READS = {"GET", "HEAD"}
# Headers that this proxy sets itself, whatever a client sends.
OURS = {"x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-request-id", CREDENTIAL_HEADER.lower()}
FILES = "/api/files"
WHY = re.compile(r"/api/rooms/[^/]+/messages/[^/]+/why")
OUTGOING = re.compile(r"/api/rooms/[^/]+/outgoing(/.*)?")
# Where a service's own health is seen from outside.
HEALTHS = {
    "/api/users/health": "user_service",
    "/api/messages/health": "message_service",
    "/api/notifications/health": "notification_service",
}


class Proxy:
    def __init__(self, settings: Settings, *, secret: str, tokens: ClientTokens) -> None:
        self._tokens = tokens
        # With it services believe us for which client we ask; other callers are judged by their own address.
        self._secret = secret
        self._large_bodies = LargeBodies()
        self._trusted_proxies = settings.trusted_proxies
        self._body_bytes = settings.body_bytes
        self._upload_bytes = settings.upload_bytes
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=4.0),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=SILENCE_SECONDS),
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        users = Upstream("user_service", settings.user_service_url, self._session)
        messages = Upstream("message_service", settings.message_service_url, self._session)
        notifications = Upstream("notification_service", settings.notification_service_url, self._session)
        self._prefixes = {
            "/api/users": users,
            "/api/auth": users,
            "/api/rooms": messages,
            "/api/threads": messages,
            "/api/inbox": messages,
            "/api/search": messages,
            "/api/files": messages,
            "/api/notifications": notifications,
        }
        # What one service answers beneath a path of another.
        self._exceptions = {WHY: notifications, OUTGOING: notifications}
        services = {upstream.name: upstream for upstream in (users, messages, notifications)}
        self._healths = {path: services[name] for path, name in HEALTHS.items()}

    async def close(self) -> None:
        await self._session.close()

    async def forward(self, request: web.Request) -> web.StreamResponse:
        """Answer a request under /api through its service."""
        upstream, url = self._target(request)
        if not request.body_exists:
            return await self._ask(upstream, url, request, may_repeat=request.method in READS)
        try:
            return await self._forward_body(upstream, url, request)
        except Unauthenticated as error:
            # Close the connection rather than wait for the rest of the body.
            answer = error_response(error)
            answer.force_close()
            return answer

    async def _forward_body(self, upstream: Upstream, url: URL, request: web.Request) -> web.StreamResponse:
        async def vouch() -> None:
            await self._tokens.verify_bearer(request.headers.get("Authorization", ""))

        if request.path == FILES or request.path.startswith(f"{FILES}/"):
            body = Body(request, bytes_at_most=self._upload_bytes, vouch=vouch)
            await body.begin()
            return await self._ask(upstream, url, request, data=body)
        body = Body(request, bytes_at_most=self._body_bytes, vouch=vouch)
        address = household(address_of(request, trusted_proxies=self._trusted_proxies))
        async with self._large_bodies.received(body, address=address) as whole:
            return await self._ask(upstream, url, request, data=whole)

    async def _ask(
        self,
        upstream: Upstream,
        url: URL,
        request: web.Request,
        *,
        data: Body | bytes | None = None,
        may_repeat: bool = False,
    ) -> web.StreamResponse:
        headers = self._request_headers(request)
        answer = await upstream.request(request.method, url, may_repeat=may_repeat, headers=headers, data=data)
        async with answer:
            return await relay(request, answer)

    def _target(self, request: web.Request) -> tuple[Upstream, URL]:
        path = request.path
        if any(segment in (".", "..") for segment in path.split("/")):
            raise NotFound
        if path in self._healths:
            return self._healths[path], self._healths[path].url_of("/health")
        for pattern, upstream in self._exceptions.items():
            if pattern.fullmatch(path):
                return upstream, upstream.url_of(request.rel_url.raw_path_qs)
        for prefix, upstream in self._prefixes.items():
            if path == prefix or path.startswith(f"{prefix}/"):
                # Only path and query: the client chooses the host in a request line with a whole URL.
                return upstream, upstream.url_of(request.rel_url.raw_path_qs)
        raise NotFound

    def _request_headers(self, request: web.Request) -> CIMultiDict[str]:
        headers = end_to_end(request.headers)
        for name in {*headers.keys()}:
            # A service whose server turns headers into variables cannot tell X_Forwarded_For from our header.
            if name.lower().replace("_", "-") in OURS:
                headers.popall(name, None)
        trusted = self._trusted_proxies > 0
        # One address instead of a list, so that services need not know how many proxies there are.
        headers["X-Forwarded-For"] = address_of(request, trusted_proxies=self._trusted_proxies)
        headers["X-Forwarded-Host"] = (trusted and request.headers.get("X-Forwarded-Host")) or request.host
        headers["X-Forwarded-Proto"] = (trusted and request.headers.get("X-Forwarded-Proto")) or request.scheme
        headers[REQUEST_ID_HEADER] = request[REQUEST_ID]
        headers[CREDENTIAL_HEADER] = self._secret
        return headers
