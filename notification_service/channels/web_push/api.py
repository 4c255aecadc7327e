"""The public REST API of push subscriptions. Every answer is about the person whose token the request carries."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
from aiohttp import web

from chatflow.auth.principal import Principal
from chatflow.errors import NotFound
from chatflow.http.answers import json_response
from chatflow.http.bodies import read_body
from chatflow.http.documented import documented
from chatflow.http.outbound import OutboundGuard
from chatflow.ids import new_id
from notification_service.channels.trials import TRIAL_SECONDS, Trials
from notification_service.channels.web_push.encryption import read_public_key, read_secret
from notification_service.channels.web_push.payload import test_push_of
from notification_service.channels.web_push.sender import PushSender
from notification_service.deciding.deliveries import Subscription
from notification_service.request_tokens import RequestTokens
from notification_service.stores.items import Id

if TYPE_CHECKING:
    # It needs Django to be set up, which whoever only lists the routes does without.
    from notification_service.stores.subscriptions import Subscriptions

SUBSCRIPTIONS = "/api/notifications/push/subscriptions"

Endpoint = Annotated[str, msgspec.Meta(max_length=1024, pattern=r"^[!-~]+$")]
KeyText = Annotated[str, msgspec.Meta(max_length=200)]
# Neither NUL nor anything else that ends a line.
DeviceName = Annotated[str, msgspec.Meta(max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")]


class PushKey(msgspec.Struct, frozen=True):
    """The `applicationServerKey` with which a browser subscribes."""

    key: str


class BrowserKeys(msgspec.Struct, frozen=True):
    """What the browser's subscription has: its public key and its secret, as base64url."""

    p256dh: KeyText
    auth: KeyText


class SubscriptionBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A browser's subscription, what the person calls the device, and how pushes to it are written."""

    endpoint: Endpoint
    keys: BrowserKeys
    device: DeviceName = ""
    language: Literal["en", "ko"] = "en"
    # Whether a push may carry the text of a message.
    text: bool = True


class SubscriptionMade(msgspec.Struct, frozen=True):
    id: str


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """A browser that is pushed to. The endpoint stays here: whoever has it could push there."""

    id: str
    device: str
    language: str
    text: bool
    created_at: str
    confirmed_at: str


class Devices(msgspec.Struct, frozen=True):
    """One's own, the newest first; there are sixteen at most."""

    items: list[Device]


class TestResult(msgspec.Struct, frozen=True, omit_defaults=True):
    """Whether the push service took the test, and else why not."""

    # Without a default, so that it is always written.
    sent: bool
    reason: Literal["later", "gone", "refused", "address"] | None = None


class PushApi:
    def __init__(
        self,
        *,
        tokens: RequestTokens,
        subscriptions: "Subscriptions",
        sender: PushSender,
        guard: OutboundGuard,
        public_key: str,
        site: str,
    ) -> None:
        self._tokens = tokens
        self._subscriptions = subscriptions
        self._sender = sender
        self._guard = guard
        self._public_key = public_key
        self._site = site
        self._tests = Trials()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/api/notifications/push/key", self.show_key),
            web.get(SUBSCRIPTIONS, self.list_devices),
            web.post(SUBSCRIPTIONS, self.subscribe),
            web.delete(f"{SUBSCRIPTIONS}/{{id}}", self.unsubscribe),
            web.post(f"{SUBSCRIPTIONS}/{{id}}/test", self.test),
        ]

    @documented(
        "show_push_key",
        "The key with which a browser subscribes to pushes of this installation.",
        tag="notifications",
        answers={200: PushKey},
    )
    async def show_key(self, request: web.Request) -> web.Response:
        await self._principal_of(request)
        return json_response(PushKey(self._public_key))

    @documented(
        "list_push_subscriptions", "The browsers that one is pushed to.", tag="notifications", answers={200: Devices}
    )
    async def list_devices(self, request: web.Request) -> web.Response:
        user_id = (await self._principal_of(request)).user_id
        return json_response(Devices(list(map(device_of, await self._subscriptions.of_person(user_id)))))

    @documented(
        "subscribe_to_push",
        "Be pushed to in this browser, for as long as its session lasts; the same endpoint again says what is new.",
        tag="notifications",
        body=SubscriptionBody,
        answers={201: SubscriptionMade},
        errors=("forbidden",),
        links={"unsubscribe_from_push": {"id": "/id"}},
    )
    async def subscribe(self, request: web.Request) -> web.Response:
        principal = await self._principal_of(request)
        body = await read_body(request, SubscriptionBody)
        self._guard.check_url(body.endpoint)
        read_public_key(body.keys.p256dh)
        read_secret(body.keys.auth)
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        kept_id = await self._subscriptions.keep(
            Subscription(
                id=new_id(),
                user_id=principal.user_id,
                session_id=principal.session_id,
                endpoint=body.endpoint,
                p256dh=body.keys.p256dh,
                auth=body.keys.auth,
                device=body.device,
                language=body.language,
                shows_text=body.text,
                created_at=now,
                confirmed_at=now,
            )
        )
        return json_response(SubscriptionMade(kept_id), status=201)

    @documented(
        "unsubscribe_from_push",
        "Be pushed to there no more; it is no error if one was not.",
        tag="notifications",
        answers={204: None},
    )
    async def unsubscribe(self, request: web.Request) -> web.Response:
        user_id = (await self._principal_of(request)).user_id
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        await self._subscriptions.end(id_of(request), user_id=user_id, now=now)
        return web.Response(status=204)

    @documented(
        "test_push",
        "Send a test to one of the browsers that one is pushed to, and tell whether its push service took it.",
        tag="notifications",
        answers={200: TestResult},
        errors=("rate_limited",),
    )
    async def test(self, request: web.Request) -> web.Response:
        user_id = (await self._principal_of(request)).user_id
        subscription = await self._subscriptions.access(id_of(request), user_id=user_id)
        with self._tests.begun_by(user_id):
            push = test_push_of(subscription, site=self._site)
            outcome = await self._sender.send(push, subscription, timeout_seconds=TRIAL_SECONDS)
        if outcome.result == "gone":
            now = datetime.now(UTC).isoformat(timespec="milliseconds")
            await self._subscriptions.end_gone(subscription.id, now=now)
        if outcome.result == "sent":
            return json_response(TestResult(True))
        return json_response(TestResult(False, outcome.result))

    async def _principal_of(self, request: web.Request) -> Principal:
        return await self._tokens.principal_of(request.headers.get("Authorization", ""))


def id_of(request: web.Request) -> str:
    try:
        found = msgspec.convert(request.match_info["id"], Id)
    except msgspec.ValidationError:
        raise NotFound from None
    return found


def device_of(subscription: Subscription) -> Device:
    return Device(
        id=subscription.id,
        device=subscription.device,
        language=subscription.language,
        text=subscription.shows_text,
        created_at=subscription.created_at,
        confirmed_at=subscription.confirmed_at,
    )
