"""The endpoints for our own processes, one function each: msgpack in, msgpack out, behind the service secret."""

import hmac
import time
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

import msgspec
from django.http import HttpRequest, HttpResponse

from chatflow.errors import UNREADABLE, Forbidden, Internal, Invalid, Unavailable
from chatflow.wire.bus import NO_PACKET
from chatflow.wire.clock import ClockAnswer, ClockRequest
from chatflow.wire.inbox import InboxDoneAnswer, InboxDoneRequest
from chatflow.wire.log import Append, AppendAnswer, Load, LoadAnswer, LoadedRoom, LoadRoom
from chatflow.wire.outbox import (
    AlertDetailsAnswer,
    AlertDetailsRequest,
    OwedAnswer,
    OwedClear,
    OwedCleared,
    OwedRequest,
)
from chatflow.wire.personal import PersonalAnswer, PersonalRequest, ThreadReadAnswer, ThreadReadRequest
from chatflow.wire.reads import (
    ConnectAnswer,
    ConnectRequest,
    EventsAnswer,
    EventsRequest,
    ReadAnswer,
    ReadRequest,
    RowsAnswer,
    RowsRequest,
    VersionsAnswer,
    VersionsRequest,
)
from chatflow.wire.recent import RecentAnswer, RecentRequest
from chatflow.wire.retention import TrimsAnswer, TrimsRequest
from chatflow_django.answers import plain_error
from message_service import opened
from message_service.internal import appending, owed_events
from message_service.internal.clock_keeping import keep_clock
from message_service.internal.metrics import CALLS_ANSWERED, TRIMS_ANNOUNCED

Request = TypeVar("Request", bound=msgspec.Struct)
View = Callable[[HttpRequest], HttpResponse]

EVENTS_PER_ROOM_AT_MOST = 1000
ROOMS_PER_PERSON_AT_MOST = 1000
# Every gateway reads these heads in each heartbeat for some seconds.
RECENT_ROOMS_AT_MOST = 5000
ROOMS_LOOKED_THROUGH = 500

encode = msgspec.msgpack.Encoder().encode


def internal(kind: type[Request]) -> Callable[[Callable[[Request], msgspec.Struct]], View]:
    """Make a view of a function from one struct to another."""
    decode = msgspec.msgpack.Decoder(kind).decode

    def make_view(answer: Callable[[Request], msgspec.Struct]) -> View:
        answered = CALLS_ANSWERED.labels(answer.__name__)

        @wraps(answer)
        def view(request: HttpRequest) -> HttpResponse:
            # All errors of an internal call become answers here.
            try:
                refuse_strangers(request)
                if request.method != "POST":
                    raise Invalid("Ask by POST.")
                body = encode(answer(read_request(request, decode)))
            except Exception as problem:  # noqa: BLE001
                return plain_error(problem, path=request.path)
            answered.inc()
            return HttpResponse(body, content_type="application/msgpack")

        return view

    return make_view


def read_request(request: HttpRequest, decode: Callable[[bytes], Request]) -> Request:
    """Decode a request; only this is the caller's fault, as unreadable data in the store is ours."""
    try:
        return decode(request.body)
    except UNREADABLE as error:
        raise Invalid(str(error)) from None


def refuse_strangers(request: HttpRequest) -> None:
    scheme, _, credential = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Service" or not hmac.compare_digest(credential.encode(), opened.service_secret().encode()):
        raise Forbidden


@internal(Append)
def append(request: Append) -> AppendAnswer:
    return appending.append(request, store=opened.store(), clock=opened.clock(), added_per_hour=opened.added_per_hour())


@internal(Load)
def load(request: Load) -> LoadAnswer:
    if time.time() >= request.deadline:
        raise Unavailable("The deadline has passed.")
    rooms = opened.store().load(request.rooms)
    while not request.in_parts and (left := left_out(request.rooms, rooms)):
        rooms += opened.store().load(left)
    return LoadAnswer(rooms=rooms, now=opened.clock().read())


def left_out(asked: list[LoadRoom], loaded: list[LoadedRoom]) -> list[LoadRoom]:
    told = {room.room_id for room in loaded}
    return [room for room in asked if room.room_id not in told]


@internal(ConnectRequest)
def connect(request: ConnectRequest) -> ConnectAnswer:
    return ConnectAnswer(opened.store().people(request.user_ids, limit=min(request.limit, ROOMS_PER_PERSON_AT_MOST)))


@internal(RowsRequest)
def rows(request: RowsRequest) -> RowsAnswer:
    return RowsAnswer(opened.store().rows(request.pairs))


@internal(EventsRequest)
def events(request: EventsRequest) -> EventsAnswer:
    limit = min(request.limit, EVENTS_PER_ROOM_AT_MOST)
    rooms = opened.store().events(request.rooms, limit=limit, tail=request.tail)
    if not request.takes_unreadable and any(event.packet == NO_PACKET for room in rooms for event in room.events):
        raise Internal
    return EventsAnswer(rooms)


@internal(RecentRequest)
def recent(request: RecentRequest) -> RecentAnswer:
    since = opened.clock().read() - request.since_seconds
    heads = opened.store().recent_heads(since=since, partitions=request.partitions, limit=RECENT_ROOMS_AT_MOST)
    return RecentAnswer(heads)


@internal(TrimsRequest)
def trims(request: TrimsRequest) -> TrimsAnswer:
    counted_by = opened.clock().for_retention()
    if counted_by is None:
        # Workers need not know why nothing is due.
        return TrimsAnswer(trims=[], next=None)
    page = opened.store().trims_due(
        time=counted_by, partitions=request.partitions, after=request.after, limit=ROOMS_LOOKED_THROUGH
    )
    TRIMS_ANNOUNCED.inc(page.announced)
    return TrimsAnswer(trims=page.trims, next=page.next)


@internal(ClockRequest)
def clock(request: ClockRequest) -> ClockAnswer:
    if request.trust:
        opened.clock().trust()
        keep_clock(opened.clock(), opened.store())
    return ClockAnswer(log_time=opened.clock().read(), wall_time=time.time(), is_doubted=opened.clock().is_doubted)


@internal(VersionsRequest)
def versions(request: VersionsRequest) -> VersionsAnswer:
    return VersionsAnswer(opened.store().versions(request.user_ids))


@internal(ReadRequest)
def read(request: ReadRequest) -> ReadAnswer:
    return ReadAnswer(opened.store().mark_read(request.marks))


@internal(PersonalRequest)
def personal(request: PersonalRequest) -> PersonalAnswer:
    return PersonalAnswer(opened.store().write_personal(request.writes))


@internal(ThreadReadRequest)
def read_threads(request: ThreadReadRequest) -> ThreadReadAnswer:
    return ThreadReadAnswer(opened.store().read_threads(request.marks))


@internal(InboxDoneRequest)
def finish_inbox(request: InboxDoneRequest) -> InboxDoneAnswer:
    return opened.store().finish(request.user_id, request.items)


@internal(OwedRequest)
def owed(request: OwedRequest) -> OwedAnswer:
    return owed_events.read_owed(request, store=opened.store(), clock=opened.clock())


@internal(OwedClear)
def clear_owed(request: OwedClear) -> OwedCleared:
    return owed_events.clear_owed(request, store=opened.store())


@internal(AlertDetailsRequest)
def alerts(request: AlertDetailsRequest) -> AlertDetailsAnswer:
    return AlertDetailsAnswer(
        opened.store().alert_details(
            request.jobs, after=request.after, limit=max(1, request.people_at_most), only=request.only
        )
    )
