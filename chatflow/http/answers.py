"""How the asyncio services answer HTTP: JSON, failures as the common error object, a request id for every request."""

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
    """Take the caller's request id if it is harmless, else make one; log lines and the answer carry it."""
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
    """Serves an application; ignores unknown Expect headers, and does not report clients that leave.

    aiohttp would quote such a header before any of our code runs, and fail if it is not text.
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
    """Tell whether a record is our problem; malformed HTTP is not, and aiohttp would quote it, tokens and all.

    Nor is it our problem if a client that took nothing of a file was cut off, or one that hung up in the middle of an
    answer. A failed call to another service is not hidden: it raises aiohttp's own errors.
    """
    error = record.exc_info[1] if record.exc_info else None
    is_the_clients = isinstance(error, HttpProcessingError | ConnectionError)
    return not (is_the_clients or getattr(error, "errno", None) == errno.ETIMEDOUT)


def error_response(error: ChatFlowError, *, status: int | None = None) -> web.Response:
    headers = {} if error.retry_after is None else {"Retry-After": str(max(1, round(error.retry_after)))}
    if error.kind.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return json_response({"error": error.body}, status=status or error.kind.status, headers=headers)


def json_response(body: object, *, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    # Answers are personal, so no cache between here and the client may keep them.
    return web.Response(
        body=msgspec.json.encode(body),
        status=status,
        content_type="application/json",
        headers={"Cache-Control": "no-store", **(headers or {})},
    )
