"""Calls from one service to another: always with a timeout and a circuit breaker; only idempotent ones are retried."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

import aiohttp
import msgspec
import stamina
import structlog

from chatflow.errors import UNREADABLE, ChatFlowError, ErrorBody, Internal, TimedOut, Unavailable, error_from_body
from chatflow.http.breaker import Breaker
from chatflow.process.telemetry import current_request_id

log = structlog.get_logger(__name__)

Answer = TypeVar("Answer")

MSGPACK = "application/msgpack"
RETRY_ATTEMPTS = 3
# If we kept a connection for longer than the server does, it might close under a request.
KEEPALIVE_SECONDS = 4.0

# In this header the gateway sends the secret, beside the credential of the person for whom it asks.
CREDENTIAL_HEADER = "X-Service-Credential"


class ErrorEnvelope(msgspec.Struct):
    error: ErrorBody


class UnreadableAnswer(TimedOut):
    """The answer is not what was asked for, perhaps from a proxy or another version: the request may have been done."""


class ServiceClient:
    """One other service. A failed call raises `Unavailable` if it was not done, `TimedOut` if it may have been."""

    def __init__(self, name: str, base_url: str, secret: str, *, timeout_seconds: float = 2.0) -> None:
        self._name = name
        self._base_url = base_url.rstrip("/")
        self._headers = {"Authorization": f"Service {secret}"}
        self._timeout_seconds = timeout_seconds
        self._breaker = Breaker(name)
        self._session: aiohttp.ClientSession | None = None

    async def call(
        self,
        path: str,
        request: msgspec.Struct,
        answer: type[Answer],
        *,
        timeout_seconds: float | None = None,
        idempotent: bool = False,
    ) -> Answer:
        """POST a struct as msgpack and return the answer as a struct."""
        body = await self._request(
            "POST",
            path,
            data=msgspec.msgpack.encode(request),
            content_type=MSGPACK,
            timeout_seconds=timeout_seconds,
            idempotent=idempotent,
        )
        return self._read(body, answer, msgspec.msgpack.decode)

    async def get_json(
        self, path: str, answer: type[Answer], *, timeout_seconds: float | None = None, on_behalf: str | None = None
    ) -> Answer:
        """GET a struct; `on_behalf` is the Authorization of the person who is to be answered."""
        body = await self._request(
            "GET", path, timeout_seconds=timeout_seconds, idempotent=True, authorization=on_behalf
        )
        return self._read(body, answer, msgspec.json.decode)

    async def post_json(
        self,
        path: str,
        payload: Any,
        answer: type[Answer],
        *,
        timeout_seconds: float | None = None,
        idempotent: bool = False,
    ) -> Answer:
        body = await self._request(
            "POST",
            path,
            data=msgspec.json.encode(payload),
            content_type="application/json",
            timeout_seconds=timeout_seconds,
            idempotent=idempotent,
        )
        return self._read(body, answer, msgspec.json.decode)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    def _read(self, body: bytes, answer: type[Answer], decode: Callable[..., Answer]) -> Answer:
        try:
            return decode(body, type=answer)
        except UNREADABLE as error:
            log.error("an answer cannot be read", service=self._name, expected=answer.__name__, error=str(error))
            raise UnreadableAnswer(f"{self._name} gave an answer that cannot be read.") from error

    async def _request(
        self,
        method: str,
        path: str,
        *,
        data: bytes | None = None,
        content_type: str | None = None,
        timeout_seconds: float | None,
        idempotent: bool,
        authorization: str | None = None,
    ) -> bytes:
        attempts = RETRY_ATTEMPTS if idempotent else 1
        async for attempt in stamina.retry_context(
            on=(Unavailable, TimedOut),
            attempts=attempts,
            timeout=None,
            wait_initial=0.05,
            wait_max=0.5,
            wait_jitter=0.1,
        ):
            with attempt:
                headers = {} if content_type is None else {"Content-Type": content_type}
                if authorization is not None:
                    headers["Authorization"] = authorization
                return await self._guarded(method, path, data, headers, timeout_seconds or self._timeout_seconds)
        raise AssertionError("a retry ends by a result or an error")  # pragma: no cover

    async def _guarded(
        self, method: str, path: str, data: bytes | None, own_headers: dict[str, str], timeout_seconds: float
    ) -> bytes:
        if not self._breaker.admits():
            raise Unavailable(f"{self._name} is not available right now.", retry_after=1.0)
        try:
            status, body = await self._exchange(method, path, data, own_headers, timeout_seconds)
        except (Unavailable, TimedOut):
            self._breaker.fail()
            raise
        except BaseException:
            self._breaker.abandon()
            raise
        error = error_of(status, body, service=self._name) if status >= 400 else None
        # A service that says it could not do this one thing is there, and may do others.
        if status >= 500 and not isinstance(error, Internal):
            self._breaker.fail()
        else:
            self._breaker.succeed()
        if error is not None:
            raise error
        return body

    async def _exchange(
        self, method: str, path: str, data: bytes | None, own_headers: dict[str, str], timeout_seconds: float
    ) -> tuple[int, bytes]:
        # Tells the service how long we wait, so that it looks nothing up for us after that.
        headers = {**self._headers, **own_headers, "X-Timeout": f"{timeout_seconds:.3f}"}
        if (request_id := current_request_id()) is not None:
            headers["X-Request-Id"] = request_id
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEPALIVE_SECONDS)
            )
        try:
            async with (
                asyncio.timeout(timeout_seconds),
                self._session.request(method, self._base_url + path, data=data, headers=headers) as response,
            ):
                return response.status, await response.read()
        except aiohttp.ClientConnectorError:
            raise Unavailable(f"{self._name} is not available right now.", retry_after=1.0) from None
        except (TimeoutError, aiohttp.ClientError, OSError):
            raise TimedOut(f"{self._name} did not answer in time.") from None


def error_of(status: int, body: bytes, *, service: str) -> ChatFlowError:
    """Return the error that the body describes; if it describes none, something in between has answered."""
    try:
        return error_from_body(msgspec.json.decode(body, type=ErrorEnvelope).error)
    except UNREADABLE:
        kind = Unavailable if status == 503 else TimedOut
        return kind(f"{service} answered {status} without saying why.")
