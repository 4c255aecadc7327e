"""Answers members why they were told of a message or were not, also where it did not concern them."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

import msgspec
from aiohttp import web

from chatflow.errors import NotFound
from chatflow.http.answers import json_response
from chatflow.http.documented import documented
from chatflow.http.service_client import ServiceClient
from chatflow.protocol.objects import Notify
from chatflow.wire.outbox import AlertDetailsAnswer, AlertDetailsRequest, Audience, Job, Recipient
from notification_service.deciding.decide import Decision, Facts, Unconcerned, decide
from notification_service.deciding.deliveries import Delivery
from notification_service.deciding.notices import Suppressed
from notification_service.deciding.preferences import Kind, Preferences
from notification_service.deciding.steps import Step, read_steps
from notification_service.request_tokens import RequestTokens
from notification_service.stores.items import Decided, Written

if TYPE_CHECKING:
    # They need Django to be set up, which whoever only lists the routes does without.
    from notification_service.stores.deliveries import Deliveries
    from notification_service.stores.preferences import PreferencesStore
    from notification_service.stores.reading import NoticeReader

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Even after an outage a message of an hour ago was decided; if nothing is kept of that, it was forgotten.
DECIDED_WITHIN = timedelta(hours=1)


class MessageWhy(msgspec.Struct, frozen=True, kw_only=True):
    """Whether one was told of a message. `reason` is what it was to one if so, else what kept it from one.

    Where nothing was kept, `decided_at` is null and the rules are asked now: the message did not concern one, or it is
    too new (`pending`) or too old (`forgotten`) to say.
    """

    told: bool
    reason: Kind | Suppressed | Unconcerned | Literal["pending", "forgotten"]
    # In the order of the rules; the last one decided.
    steps: list[Step]
    deliveries: list[Delivery]
    decided_at: str | None


class WhyApi:
    def __init__(
        self,
        *,
        tokens: RequestTokens,
        inbox: "NoticeReader",
        preferences: "PreferencesStore",
        deliveries: "Deliveries",
        message_service: ServiceClient,
        blocks: Callable[[str, str], bool],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._tokens = tokens
        self._inbox = inbox
        self._preferences = preferences
        self._deliveries = deliveries
        self._message_service = message_service
        self._blocks = blocks
        self._clock = clock

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/api/rooms/{room_id}/messages/{message_id}/why", self.explain)]

    @documented(
        "explain_message",
        "Why one was told of a message, or was not.",
        tag="notifications",
        answers={200: MessageWhy},
    )
    async def explain(self, request: web.Request) -> web.Response:
        authorization = request.headers.get("Authorization", "")
        user_id = (await self._tokens.principal_of(authorization)).user_id
        room_id, message_id = request.match_info["room_id"], request.match_info["message_id"]
        if not (UUID.fullmatch(room_id) and UUID.fullmatch(message_id)):
            raise NotFound
        # Whoever may not see the message is answered as there.
        message = await self._message_service.get_json(
            f"/api/rooms/{room_id}/messages/{message_id}", Written, on_behalf=authorization
        )
        decided = await self._inbox.about_message(user_id, message, room_id=room_id)
        if decided:
            pushed = await self._deliveries.of_notices([one.notice.id for one in decided])
            return json_response(as_decided(decided, pushed=pushed))
        return json_response(await self._as_things_stand(user_id, message, job=Job(room_id, message.seq)))

    async def _as_things_stand(self, user_id: str, message: Written, *, job: Job) -> MessageWhy:
        """Answer where nothing was kept."""
        me = await self._in_the_room(user_id, job=job)
        if me is not None and me.reason != "keyword":
            age = self._clock() - datetime.fromisoformat(message.at)
            return undecided("pending" if age < DECIDED_WITHIN else "forgotten")
        wishes = await self._preferences.of([user_id])
        return undecided(
            decide(
                Facts(
                    user_id=user_id,
                    actor=message.sender,
                    seq=message.seq,
                    kind=None,
                    notify=Notify() if me is None else me.notify,
                    read_seq=0 if me is None else me.read_seq,
                    preferences=wishes.get(user_id, Preferences()),
                    now=self._clock(),
                    is_blocked=self._blocks(user_id, message.sender),
                    is_member=me is not None,
                )
            )
        )

    async def _in_the_room(self, user_id: str, *, job: Job) -> Recipient | None:
        """Return the person as the event finds them; a keyword is its reason if it does not address them."""
        answer = await self._message_service.call(
            "/internal/alerts",
            AlertDetailsRequest(jobs=[job], only=Audience(user_ids=[user_id], otherwise="keyword")),
            AlertDetailsAnswer,
            idempotent=True,
        )
        return next((one for found in answer.details for one in found.recipients if one.user_id == user_id), None)


def as_decided(decided: list[Decided], *, pushed: dict[str, list[Delivery]]) -> MessageWhy:
    """Return what was decided; of several times it is the one at which the person was told, else the last."""
    chosen = next((one for one in decided if one.notice.suppressed is None), decided[-1])
    notice = chosen.notice
    return MessageWhy(
        told=notice.suppressed is None,
        # No notice about a message is one of a webhook.
        reason=notice.suppressed or notice.kind,  # type: ignore[arg-type]
        steps=read_steps(notice.steps) if notice.steps else [],
        deliveries=[one for each in decided for one in (in_app_delivery(each), *pushed.get(each.notice.id, ()))],
        decided_at=chosen.at,
    )


def undecided(why: Decision | Literal["pending", "forgotten"]) -> MessageWhy:
    reason, steps = (why.reason, read_steps(why.steps)) if isinstance(why, Decision) else (why, [])
    return MessageWhy(told=False, reason=reason, steps=steps, deliveries=[], decided_at=None)


def in_app_delivery(decided: Decided) -> Delivery:
    notice = decided.notice
    state: Literal["read", "shown", "waiting"] = "read" if decided.seen else "shown" if decided.told else "waiting"
    return Delivery(
        channel=notice.channel,
        state="suppressed" if notice.suppressed is not None else state,
        at=decided.at,
        reason=notice.suppressed,
    )
