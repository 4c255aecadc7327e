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
from chatflow.wire.clock import ClockAnswer, ClockAsk
from chatflow.wire.inbox import InboxDoneAnswer, InboxDoneAsk
from chatflow.wire.log import Append, AppendAnswer, Load, LoadAnswer, LoadedRoom, LoadRoom
from chatflow.wire.outbox import AlertDetailsAnswer, AlertDetailsAsk, OwedAnswer, OwedAsk, OwedClear, OwedCleared
from chatflow.wire.personal import PersonalAnswer, PersonalAsk, ThreadReadAnswer, ThreadReadAsk
from chatflow.wire.reads import (
    ConnectAnswer,
    ConnectAsk,
    EventsAnswer,
    EventsAsk,
    ReadAnswer,
    ReadAsk,
    RowsAnswer,
    RowsAsk,
    VersionsAnswer,
    VersionsAsk,
)
from chatflow.wire.recent import RecentAnswer, RecentAsk
from chatflow.wire.retention import TrimsAnswer, TrimsAsk
from chatflow_django.answers import plain_error
from message_service import opened
from message_service.internal import appending, owed_events
from message_service.internal.clock_keeping import keep_clock
from message_service.internal.metrics import CALLS_ANSWERED, TRIMS_ANNOUNCED

Ask = TypeVar("Ask", bound=msgspec.Struct)
View = Callable[[HttpRequest], HttpResponse]

EVENTS_PER_ROOM_AT_MOST = 1000
ROOMS_PER_PERSON_AT_MOST = 1000
# Every gateway reads these heads in each heartbeat for some seconds.
RECENT_ROOMS_AT_MOST = 5000
ROOMS_LOOKED_THROUGH = 500

encode = msgspec.msgpack.Encoder().encode


def internal(kind: type[Ask]) -> Callable[[Callable[[Ask], msgspec.Struct]], View]:
    """Make a view of a function from one struct to another."""
    decode = msgspec.msgpack.Decoder(kind).decode

    def make_view(answer: Callable[[Ask], msgspec.Struct]) -> View:
        answered = CALLS_ANSWERED.labels(answer.__name__)

        @wraps(answer)
        def view(request: HttpRequest) -> HttpResponse:
            # All errors of an internal call become answers here.
            try:
                refuse_strangers(request)
                if request.method != "POST":
                    raise Invalid("Ask by POST.")
                body = encode(answer(read_ask(request, decode)))
            except Exception as problem:  # noqa: BLE001
                return plain_error(problem, path=request.path)
            answered.inc()
            return HttpResponse(body, content_type="application/msgpack")

        return view

    return make_view


def read_ask(request: HttpRequest, decode: Callable[[bytes], Ask]) -> Ask:
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
def append(ask: Append) -> AppendAnswer:
    return appending.append(ask, store=opened.store(), clock=opened.clock(), added_per_hour=opened.added_per_hour())


@internal(Load)
def load(ask: Load) -> LoadAnswer:
    if time.time() >= ask.deadline:
        raise Unavailable("The deadline has passed.")
    rooms = opened.store().load(ask.rooms)
    while not ask.in_parts and (left := left_out(ask.rooms, rooms)):
        rooms += opened.store().load(left)
    return LoadAnswer(rooms=rooms, now=opened.clock().read())


def left_out(asked: list[LoadRoom], loaded: list[LoadedRoom]) -> list[LoadRoom]:
    told = {room.room_id for room in loaded}
    return [room for room in asked if room.room_id not in told]


@internal(ConnectAsk)
def connect(ask: ConnectAsk) -> ConnectAnswer:
    return ConnectAnswer(opened.store().people(ask.user_ids, limit=min(ask.limit, ROOMS_PER_PERSON_AT_MOST)))


@internal(RowsAsk)
def rows(ask: RowsAsk) -> RowsAnswer:
    return RowsAnswer(opened.store().rows(ask.pairs))


@internal(EventsAsk)
def events(ask: EventsAsk) -> EventsAnswer:
    limit = min(ask.limit, EVENTS_PER_ROOM_AT_MOST)
    rooms = opened.store().events(ask.rooms, limit=limit, tail=ask.tail)
    if not ask.takes_unreadable and any(event.packet == NO_PACKET for room in rooms for event in room.events):
        raise Internal
    return EventsAnswer(rooms)


@internal(RecentAsk)
def recent(ask: RecentAsk) -> RecentAnswer:
    since = opened.clock().read() - ask.since_seconds
    heads = opened.store().recent_heads(since=since, partitions=ask.partitions, limit=RECENT_ROOMS_AT_MOST)
    return RecentAnswer(heads)


@internal(TrimsAsk)
def trims(ask: TrimsAsk) -> TrimsAnswer:
    counted_by = opened.clock().for_retention()
    if counted_by is None:
        # Workers need not know why nothing is due.
        return TrimsAnswer(trims=[], next=None)
    page = opened.store().trims_due(
        time=counted_by, partitions=ask.partitions, after=ask.after, limit=ROOMS_LOOKED_THROUGH
    )
    TRIMS_ANNOUNCED.inc(page.announced)
    return TrimsAnswer(trims=page.trims, next=page.next)


@internal(ClockAsk)
def clock(ask: ClockAsk) -> ClockAnswer:
    if ask.trust:
        opened.clock().trust()
        keep_clock(opened.clock(), opened.store())
    return ClockAnswer(log_time=opened.clock().read(), wall_time=time.time(), is_doubted=opened.clock().is_doubted)


@internal(VersionsAsk)
def versions(ask: VersionsAsk) -> VersionsAnswer:
    return VersionsAnswer(opened.store().versions(ask.user_ids))


@internal(ReadAsk)
def read(ask: ReadAsk) -> ReadAnswer:
    return ReadAnswer(opened.store().mark_read(ask.marks))


@internal(PersonalAsk)
def personal(ask: PersonalAsk) -> PersonalAnswer:
    return PersonalAnswer(opened.store().write_personal(ask.writes))


@internal(ThreadReadAsk)
def read_threads(ask: ThreadReadAsk) -> ThreadReadAnswer:
    return ThreadReadAnswer(opened.store().read_threads(ask.marks))


@internal(InboxDoneAsk)
def finish_inbox(ask: InboxDoneAsk) -> InboxDoneAnswer:
    return opened.store().finish(ask.user_id, ask.items)


@internal(OwedAsk)
def owed(ask: OwedAsk) -> OwedAnswer:
    return owed_events.read_owed(ask, store=opened.store(), clock=opened.clock())


@internal(OwedClear)
def clear_owed(ask: OwedClear) -> OwedCleared:
    return owed_events.clear_owed(ask, store=opened.store())


@internal(AlertDetailsAsk)
def alerts(ask: AlertDetailsAsk) -> AlertDetailsAnswer:
    return AlertDetailsAnswer(opened.store().alert_details(ask.jobs, after=ask.after, limit=max(1, ask.people_at_most)))
