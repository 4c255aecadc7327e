"""Reads the payloads that a polling session sends: one at a time, their packets handled in order and in slices."""

import asyncio
from typing import Protocol

import structlog
from aiohttp import web
from engineio.exceptions import EngineIOError

from gateway.engine.limits import POST_SECONDS
from gateway.engine.polling import SEPARATOR, read_bounded
from gateway.engine.slices import PACKETS_AT_LEAST, Slice

log = structlog.get_logger(__name__)


class PostedSession(Protocol):
    """What reading a payload asks of the session that it belongs to."""

    # The timeout of a payload that is not fully handled and answered yet.
    posting: asyncio.Timeout | None
    sid: str
    closed: bool
    offence: str

    def receive_packet(self, packet: str) -> None: ...

    async def until_answered(self) -> None: ...

    def break_off(self, reason: str) -> None: ...

    def end_silently(self, reason: str) -> None: ...


async def read_payload(session: PostedSession, request: web.Request, *, limit_bytes: int) -> None:
    """Handle a payload, and return when it may be answered; raises `EngineIOError` after ending the session."""
    if session.posting is not None:
        # Nobody could tell which of the two was sent first.
        session.break_off("two payloads at once")
        session.posting.reschedule(asyncio.get_running_loop().time())
        raise EngineIOError("two payloads at once")
    session.posting = asyncio.timeout(POST_SECONDS)
    try:
        async with session.posting:
            body = await read_bounded(request.content, limit_bytes=limit_bytes)
            await handle_packets(session, body.decode().split(SEPARATOR))
            await session.until_answered()
    except UnicodeDecodeError:
        session.break_off("not text")
    except (EngineIOError, TimeoutError, ConnectionError) as error:
        session.end_silently("transport error")
        raise EngineIOError("a payload that is too large, too slow or cut off") from error
    except Exception as error:
        # The packets after it are not handled, so the session ends here, as it does on a websocket.
        log.exception("a payload could not be handled", session=session.sid)
        session.end_silently("server error")
        raise EngineIOError("not handled") from error
    finally:
        session.posting = None
    if session.offence:
        raise EngineIOError(session.offence)


async def handle_packets(session: PostedSession, packets: list[str]) -> None:
    turn = Slice()
    for number, packet in enumerate(packets, 1):
        session.receive_packet(packet)
        if session.closed:
            return
        if number % PACKETS_AT_LEAST == 0 and turn.is_over:
            await asyncio.sleep(0)
            turn = Slice()
