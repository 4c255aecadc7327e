"""Passes an answer of another process on to the client as it comes, without the headers that concern one hop only."""

from collections.abc import Mapping

import aiohttp
from aiohttp import web
from multidict import CIMultiDict

from chatflow.http.answers import REQUEST_ID, REQUEST_ID_HEADER

HOP_BY_HOP = {
    "connection",
    "expect",  # our server has answered it
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
}


async def relay(request: web.Request, upstream: aiohttp.ClientResponse) -> web.StreamResponse:
    """Pass an answer on to the client piece by piece."""
    response = web.StreamResponse(status=upstream.status, reason=upstream.reason)
    for name, value in end_to_end(upstream.headers).items():
        if name.lower() not in ("date", "server"):
            response.headers.add(name, value)
    response.headers[REQUEST_ID_HEADER] = request[REQUEST_ID]
    try:
        await response.prepare(request)
        async for chunk in upstream.content.iter_any():
            await response.write(chunk)
        await response.write_eof()
    except (TimeoutError, aiohttp.ClientError, ConnectionError):
        # Half an answer cannot become an error any more, so cut the connection: the client must not take it for the
        # whole. Or the client has gone already.
        if request.transport is not None:
            request.transport.abort()
    return response


def end_to_end(headers: Mapping[str, str]) -> CIMultiDict[str]:
    """Return the headers that concern more than one hop."""
    kept: CIMultiDict[str] = CIMultiDict(headers)
    named = {name.strip().lower() for value in kept.getall("Connection", []) for name in value.split(",")}
    for name in {*kept.keys()}:
        if name.lower() in HOP_BY_HOP or name.lower() in named:
            kept.popall(name, None)
    return kept
