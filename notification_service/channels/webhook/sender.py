"""Sends one request to the address of a webhook, and tells what the answer means."""

import time
from collections.abc import Callable
from typing import Literal

import msgspec

from chatflow.errors import Invalid
from chatflow.http.outbound import AddressRefused, Answer, Outbound, Unreached
from chatflow.instants import write_instant
from notification_service.channels.retry_after import seconds_of
from notification_service.channels.webhook.signing import sign
from notification_service.deciding.hooks import Hook

TIMEOUT_SECONDS = 10.0
GONE = 410


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What is not `taken` is worth another try, unless the address is `gone` for good by its own word."""

    result: Literal["taken", "refused", "gone"]
    error: str = ""
    # Not before so many seconds, where the other side said so.
    retry_after: float | None = None


class HookSender:
    def __init__(self, outbound: Outbound, *, clock: Callable[[], float] = time.time) -> None:
        self._outbound = outbound
        self._clock = clock

    async def send(self, hook: Hook, body: bytes, *, message_id: str, timeout_seconds: float | None = None) -> Outcome:
        now = self._clock()
        secrets = [hook.secret]
        if hook.former_secret and write_instant(now) < hook.former_until:
            secrets.append(hook.former_secret)
        headers = {"Content-Type": "application/json", "User-Agent": "ChatFlow"} | sign(
            body, message_id=message_id, timestamp=int(now), secrets=secrets
        )
        try:
            answer = await self._outbound.post(
                hook.url, data=body, headers=headers, timeout_seconds=timeout_seconds or TIMEOUT_SECONDS
            )
        except AddressRefused:
            return Outcome(result="refused", error="The address leads inside, where nothing is sent.")
        except (Invalid, Unreached) as error:
            return Outcome(result="refused", error=error.message)
        return outcome_of(answer, now=self._clock())


def outcome_of(answer: Answer, *, now: float) -> Outcome:
    if 200 <= answer.status < 300:
        return Outcome(result="taken")
    # What else it says is not for the people of the room.
    error = f"HTTP {answer.status}"
    if answer.status == GONE:
        return Outcome(result="gone", error=error)
    return Outcome(result="refused", error=error, retry_after=seconds_of(answer.headers.get("Retry-After"), now=now))
