"""What a delivery is: one notice on its way to one endpoint of a channel, and the one state in which it ends."""

from typing import Literal

import msgspec

from notification_service.deciding.notices import Notice, Suppressed

WEB_PUSH = "web_push"
EMAIL = "email"

# `read`: it was read before it was sent. `suppressed`: the person is not reached there. `expired`: nobody could be
# reached in time.
State = Literal["waiting", "sent", "read", "suppressed", "expired", "failed"]
# Why it failed: the browser gave the subscription up; the person or their sign-out did; whoever is to take it there
# refuses it; it lies where nobody may send us; the message was deleted; the person left the room.
# Why it was suppressed: the person has confirmed no address; they want no mail any more.
Reason = Literal["gone", "unsubscribed", "refused", "address", "deleted", "left", "no_address", "off"]


class Subscription(msgspec.Struct, frozen=True, kw_only=True):
    """Where a browser is pushed to, and how."""

    id: str
    user_id: str
    session_id: str
    endpoint: str
    p256dh: str
    auth: str
    device: str
    language: str
    shows_text: bool
    created_at: str
    confirmed_at: str
    failures: int = 0


class Claimed(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery that is this try's alone until its lease ends."""

    id: int
    claim: str
    attempts: int
    owed_at: str
    expires_at: str
    host: str
    # For a push the id of the subscription, and the subscription, unless it has ended; for a mail the person.
    endpoint: str
    subscription: Subscription | None
    # What it is sent as a part of, once that is settled; mails are.
    bundle: str | None
    # None if it was forgotten.
    notice: Notice | None
    is_seen: bool


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a try. If it is still `waiting`, it is due again at `due_at`, and expires later if that is given.

    Unless somebody was `asked`, it was no try. If it `pauses`, nothing else is sent to the endpoint before that.
    """

    delivery: Claimed
    state: State
    reason: Reason | None = None
    error: str = ""
    due_at: str = ""
    expires_at: str = ""
    asked: bool = False
    pauses: bool = False


class Delivery(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of a notice on one channel, as its person sees it; a push has one for each device.

    In the app `waiting` is decided and not told yet, and `read` is shown and seen.
    """

    channel: str
    state: State | Literal["shown"]
    at: str
    reason: Reason | Suppressed | None = None
