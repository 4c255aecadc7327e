"""Sends one push to one browser's push service, and tells what the answer means."""

import time
from collections.abc import Callable
from typing import Literal

import msgspec

from chatflow.errors import Invalid
from chatflow.http.outbound import AddressRefused, Answer, Outbound, Unreached
from notification_service.channels.retry_after import seconds_of
from notification_service.channels.web_push.encryption import encrypt
from notification_service.channels.web_push.payload import Push
from notification_service.channels.web_push.vapid import Vapid
from notification_service.deciding.deliveries import Subscription

# A push service answers within a second, or will not.
TIMEOUT_SECONDS = 10.0
# Refused now, and taken perhaps later.
LATER = {408, 425, 429}
GONE = {404, 410}


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """`later` is worth another try, not before `retry_after` seconds where the push service said so."""

    result: Literal["sent", "later", "gone", "refused", "address"]
    error: str = ""
    retry_after: float | None = None


class PushSender:
    def __init__(self, outbound: Outbound, vapid: Vapid, *, clock: Callable[[], float] = time.time) -> None:
        self._outbound = outbound
        self._vapid = vapid
        self._clock = clock

    async def send(self, push: Push, subscription: Subscription, *, timeout_seconds: float | None = None) -> Outcome:
        try:
            url = self._outbound.guard.check_url(subscription.endpoint)
            headers = {
                "Authorization": self._vapid.header_for(str(url.origin())),
                "Content-Encoding": "aes128gcm",
                "Content-Type": "application/octet-stream",
                "TTL": str(push.seconds_to_live),
                "Urgency": push.urgency,
            } | ({} if push.topic is None else {"Topic": push.topic})
            answer = await self._outbound.post(
                subscription.endpoint,
                data=encrypt(push.plain, p256dh=subscription.p256dh, auth=subscription.auth),
                headers=headers,
                timeout_seconds=timeout_seconds or TIMEOUT_SECONDS,
            )
        except AddressRefused:
            return Outcome(result="address", error="The endpoint leads to an inner address.")
        except Invalid as error:
            return Outcome(result="refused", error=error.message)
        except Unreached as error:
            return Outcome(result="later", error=error.message)
        return outcome_of(answer, now=self._clock())


def outcome_of(answer: Answer, *, now: float) -> Outcome:
    # What else it says may quote the endpoint, which is a secret.
    error = f"HTTP {answer.status}"
    if 200 <= answer.status < 300:
        return Outcome(result="sent")
    if answer.status in GONE:
        return Outcome(result="gone", error=error)
    if answer.status in LATER or answer.status >= 500:
        return Outcome(result="later", error=error, retry_after=seconds_of(answer.headers.get("Retry-After"), now=now))
    return Outcome(result="refused", error=error)
