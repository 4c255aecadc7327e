"""message_service as its HTTP edge shows it: owed jobs, what each is about, and the calls that were made."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import msgspec
from aiohttp import web

from chatflow.errors import ERROR_BY_CODE, ChatFlowError, NotFound, Unavailable
from chatflow.protocol.objects import Notify, Room
from chatflow.wire.outbox import (
    ALERTS,
    AlertDetails,
    AlertDetailsAnswer,
    AlertDetailsRequest,
    Audience,
    Job,
    OwedAnswer,
    OwedClear,
    OwedCleared,
    OwedRequest,
    Recipient,
)
from chatflow.wire.reads import EventsRequest, RoomRow, RowsAnswer, RowsRequest
from tests.notification_service.room_logs import RoomLogs
from tests.servers.ports import find_free_port

Request = TypeVar("Request", bound=msgspec.Struct)
SECRET = "a-secret-between-services-of-this-test"


class MessageServiceEdge:
    """It can be taken down and brought back on the same address, and told to fail."""

    def __init__(self) -> None:
        self.port = find_free_port()
        self.owed: dict[Job, None] = {}
        self.is_owed_for_long = False
        self.cleared: list[Job] = []
        self.details: dict[Job, AlertDetails] = {}
        self.asked_for: list[list[Job]] = []
        self.requests: list[AlertDetailsRequest] = []
        # What members may read, by room and message, and the token that they asked with.
        self.messages: dict[tuple[str, str], dict[str, Any]] = {}
        self.asked_with: list[str] = []
        # Members whom no event addresses, who may be asked about.
        self.members: list[Recipient] = []
        # Who asks about more people than this waits in vain, and hears of it with this code.
        self.people_in_time = 1_000_000
        self.late_code = "timeout"
        # Asking about this one is answered with the error of that code.
        self.poison: dict[Job, str] = {}
        # Nobody learns about one of these before its event is set.
        self.slow: dict[Job, asyncio.Event] = {}
        # What the next to ask are answered with, one each.
        self.passing_errors: list[str] = []
        # Of whom each pair of person and room is none any more, and how far it was read where it was.
        self.left: set[tuple[str, str]] = set()
        self.read_seqs: dict[tuple[str, str], int] = {}
        # Whether it says how people see their rooms, and how often it was asked.
        self.tells_rows = True
        self.asked_for_rows = 0
        # What calls in a room: mentions, and for a conversation what is unread.
        self.calls: dict[str, int] = {}
        # Rooms whose log is told, and who stands in them how.
        self.logs = RoomLogs()
        # While this is not set, nobody learns what a job is about.
        self.may_tell_details = asyncio.Event()
        self.may_tell_details.set()
        self.is_asked_for_details = asyncio.Event()
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def store(self, *details: AlertDetails) -> list[Job]:
        """Let events be in the log, owed, and return their jobs."""
        jobs = [detail.job for detail in details]
        self.details |= dict(zip(jobs, details, strict=True))
        self.owed |= dict.fromkeys(jobs)
        return jobs

    async def start(self) -> None:
        app = web.Application()
        app.router.add_post("/internal/owed", answering(OwedRequest, self._answer_owed))
        app.router.add_post("/internal/owed/clear", answering(OwedClear, self._clear))
        app.router.add_post("/internal/alerts", self._answer_details_in_time)
        app.router.add_get("/api/rooms/{room_id}/messages/{message_id}", self._answer_message)
        app.router.add_post("/internal/rows", answering(RowsRequest, self._answer_rows))
        app.router.add_post("/internal/events", answering(EventsRequest, self.logs.answer_events))
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def _answer_owed(self, request: OwedRequest) -> msgspec.Struct:
        # The age of a job is not kept here: all are old, or none. And all are owed to alerts.
        is_asked_for = request.consumer == ALERTS and (self.is_owed_for_long or request.older_than_seconds == 0)
        return OwedAnswer(jobs=list(self.owed)[: request.limit * is_asked_for])

    def _clear(self, request: OwedClear) -> msgspec.Struct:
        assert request.consumer == ALERTS
        self.cleared += request.jobs
        self.owed = {job: None for job in self.owed if job not in request.jobs}
        return OwedCleared()

    async def _answer_message(self, request: web.Request) -> web.Response:
        self.asked_with.append(request.headers["Authorization"])
        message = self.messages.get((request.match_info["room_id"], request.match_info["message_id"]))
        if message is None:
            return web.json_response({"error": msgspec.to_builtins(NotFound().body)}, status=404)
        return web.json_response(message)

    def _answer_rows(self, request: RowsRequest) -> msgspec.Struct:
        self.asked_for_rows += 1
        if not self.tells_rows:
            raise Unavailable
        pairs = [(user_id, room_id) for user_id, room_id in request.pairs if (user_id, room_id) not in self.left]
        rows = [(user_id, self.logs.row(self._row(user_id, room_id), user_id=user_id)) for user_id, room_id in pairs]
        return RowsAnswer([(user_id, row) for user_id, row in rows if row is not None])

    def _row(self, user_id: str, room_id: str) -> RoomRow:
        room = Room(
            id=room_id,
            kind="channel",
            name="general",
            topic="",
            private=False,
            archived=False,
            member_count=2,
            head=100,
            n=100,
            retention_days=None,
            history="all",
            read_seq=self.read_seqs.get((user_id, room_id), 0),
            mentions=self.calls.get(room_id, 0),
            unread=50,
        )
        return RoomRow(room=room, read_n=0, joined_seq=1)

    async def _answer_details_in_time(self, request: web.Request) -> web.Response:
        self.is_asked_for_details.set()
        await self.may_tell_details.wait()
        asked = msgspec.msgpack.decode(await request.read(), type=AlertDetailsRequest)
        for told in filter(None, map(self.slow.get, asked.jobs)):
            await told.wait()
        return await answering(AlertDetailsRequest, self._answer_details)(request)

    def _answer_details(self, request: AlertDetailsRequest) -> msgspec.Struct:
        self.asked_for.append(request.jobs)
        self.requests.append(request)
        if self.passing_errors:
            raise ERROR_BY_CODE[self.passing_errors.pop(0)]
        for code in filter(None, map(self.poison.get, request.jobs)):
            raise ERROR_BY_CODE[code]
        if request.people_at_most > self.people_in_time:
            raise ERROR_BY_CODE[self.late_code]
        return AlertDetailsAnswer(details=list(self.page(request)))

    def page(self, request: AlertDetailsRequest) -> Iterator[AlertDetails]:
        """Yield as much of the answer as was asked for."""
        after, left = request.after, request.people_at_most
        for details in filter(None, map(self.details.get, request.jobs)):
            people = [one for one in self._asked_about(details, request.only) if one.user_id > after]
            page, after = people[:left], ""
            left -= len(page)
            behind = page[-1].user_id if page else ""
            yield msgspec.structs.replace(details, recipients=page, next=behind if len(page) < len(people) else None)

    def _asked_about(self, details: AlertDetails, only: Audience | None) -> list[Recipient]:
        if only is None:
            return details.recipients
        addressed = {one.user_id: one for one in details.recipients}
        if only.otherwise is not None:
            otherwise = {one.user_id: msgspec.structs.replace(one, reason=only.otherwise) for one in self.members}
            addressed = otherwise | addressed
        return [one for user_id, one in sorted(addressed.items()) if user_id in only.user_ids]


@asynccontextmanager
async def open_edge() -> AsyncIterator[MessageServiceEdge]:
    edge = MessageServiceEdge()
    await edge.start()
    yield edge
    await edge.stop()


def answering(
    kind: type[Request], answer: Callable[[Request], msgspec.Struct]
) -> Callable[..., Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == f"Service {SECRET}"
        asked = msgspec.msgpack.decode(await request.read(), type=kind)
        try:
            return web.Response(body=msgspec.msgpack.encode(answer(asked)), content_type="application/msgpack")
        except ChatFlowError as error:
            body = msgspec.json.encode({"error": error.body})
            return web.Response(body=body, status=error.kind.status, content_type="application/json")

    return handle


def details_about(
    job: Job, *recipients: Recipient, actor: str = "alice", event: dict[str, Any] | None = None, kind: str = "channel"
) -> AlertDetails:
    """Return what the log says of an ordinary message by alice."""
    created = {"type": "message.created", "room_id": job.room_id, "seq": job.seq, "n": job.seq, "actor": actor}
    created |= {"at": "2026-11-20T10:00:00.000Z", "message": {"id": f"m{job.seq}", "text": "only here"}}
    return AlertDetails(
        job=job, room_kind=kind, room_name="general", event=event or created, recipients=list(recipients)
    )


def recipient(
    user_id: str = "bob", *, reason: str = "mention", read_seq: int = 0, only_if_here: bool = False, **notify: Any
) -> Recipient:
    wishes = notify or msgspec.to_builtins(Notify())
    return msgspec.convert(
        {
            "user_id": user_id,
            "reason": reason,
            "read_seq": read_seq,
            "notify": wishes,
            "only_if_here": only_if_here,
        },
        Recipient,
    )
