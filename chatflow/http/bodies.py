"""Bodies of public requests, read as a struct."""

from typing import TypeVar

import msgspec
from aiohttp import web

from chatflow.errors import UNREADABLE, Invalid

Body = TypeVar("Body")


async def read_body(request: web.Request, kind: type[Body]) -> Body:
    """Return the body as a struct, or raise `invalid` naming what is wrong; no body is an empty one."""
    try:
        return msgspec.json.decode(await request.read() or b"{}", type=kind)
    except msgspec.ValidationError as error:
        raise Invalid(str(error)) from None
    except UNREADABLE:
        raise Invalid("The body is not JSON.") from None
