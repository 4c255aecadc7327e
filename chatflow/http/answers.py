"""How the asyncio services answer HTTP: JSON, errors as the one error object, every request under its id."""

import errno
import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import structlog
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.http_parser import RawRequestMessage
from multidict import CIMultiDict, CIMultiDictProxy

from chatflow.errors import ChatFlowError, Internal, Invalid, NotFound, TooLarge
from chatflow.ids import new_id
from chatflow.process.telemetry import bind_context

log = structlog.get_logger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

REQUEST_ID_HEADER = "X-Request-Id"
REQUEST_ID = web.RequestKey("request_id", str)
ACCEPTABLE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


@web.middleware
async def carry_request_id(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Take the caller's id if it is harmless, else make one; log lines carry it and the answer names it."""
    asked = request.headers.get(REQUEST_ID_HEADER, "")
    request_id = asked if ACCEPTABLE_ID.fullmatch(asked) else new_id()
    request[REQUEST_ID] = request_id
    with bind_context(request_id=request_id):
        response = await handler(request)
    if not response.prepared:
        response.headers[REQUEST_ID_HEADER] = request_id
    return response


@web.middleware
async def answer_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer every failure with the error object, and never with a stack trace."""
    try:
        return await handler(request)
    except ChatFlowError as error:
        return error_response(error)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return error_response({404: NotFound, 413: TooLarge}.get(error.status, Invalid)(), status=error.status)
    except ConnectionError:
        raise  # the client is gone
    except Exception:
        log.exception("a request could not be answered", path=request.path)
        return error_response(Internal())


class Runner(web.AppRunner):
    """Serves an application; what a client expects that nobody knows is overlooked, and that it left is not reported.

    aiohttp would quote it, before any of our code is asked, and fail where it is no text.
    """

    async def _make_server(self) -> web.Server:
        logging.getLogger("aiohttp.server").addFilter(is_our_trouble)
        server = await super()._make_server()
        make_request = server.request_factory

        def make_plain_request(message: RawRequestMessage, *rest: Any) -> web.BaseRequest:
            if message.headers.get("Expect", "100-continue").lower() != "100-continue":
                headers = CIMultiDict(message.headers)
                del headers["Expect"]
                message = message._replace(headers=CIMultiDictProxy(headers))
            return make_request(message, *rest)

        server.request_factory = make_plain_request
        return server


def is_our_trouble(record: logging.LogRecord) -> bool:
    """Tell what is worth a line from what a client sent that is no HTTP: aiohttp would quote it, tokens and all.

    Nor is it our trouble that a client which took nothing of a file was cut off, or that one hung up in the middle of
    an answer. Whoever waits for a service in vain gets errors of aiohttp's own.
    """
    error = record.exc_info[1] if record.exc_info else None
    is_the_clients = isinstance(error, HttpProcessingError | ConnectionError)
    return not (is_the_clients or getattr(error, "errno", None) == errno.ETIMEDOUT)


def error_response(error: ChatFlowError, *, status: int | None = None) -> web.Response:
    headers = {} if error.retry_after is None else {"Retry-After": str(max(1, round(error.retry_after)))}
    return json_response({"error": error.body}, status=status or error.kind.status, headers=headers)


def json_response(body: object, *, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    # A person's own things: no cache between here and there keeps them.
    return web.Response(
        body=msgspec.json.encode(body),
        status=status,
        content_type="application/json",
        headers={"Cache-Control": "no-store", **(headers or {})},
    )
