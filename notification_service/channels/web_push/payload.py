"""What a push carries: the declarative form, which Safari shows by itself and our service worker reads elsewhere."""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from notification_service.channels import words
from notification_service.channels.stories import Story
from notification_service.channels.web_push.encryption import PLAIN_BYTES_AT_MOST
from notification_service.deciding.deliveries import Subscription
from notification_service.deciding.notices import Notice
from notification_service.deciding.preferences import Kind

# Which number of RFC says that this is the declarative form.
DECLARATIVE = 8030
Urgency = Literal["normal", "high"]
URGENCIES: dict[Kind, Urgency] = {
    "mention": "high",
    "direct": "high",
    "reply": "high",
    "thread": "normal",
    "invitation": "normal",
    "keyword": "normal",
}
TEST_TITLE = {"en": "ChatFlow reaches this device", "ko": "이 기기에 알림이 도착했습니다"}
TEST_BODY = {"en": "This is the test that you asked for.", "ko": "요청하신 시험 알림입니다."}


class Push(msgspec.Struct, frozen=True, kw_only=True):
    """One push: its content, and what the push service is told of it."""

    plain: bytes
    urgency: Urgency
    # A later one of the same topic takes the place of one that the push service still has.
    topic: str | None
    seconds_to_live: int


def push_of(
    notice: Notice, *, subscription: Subscription, story: Story, shows_text: bool, site: str, seconds_to_live: int
) -> Push:
    language = subscription.language
    shown: dict[str, Any] = {
        "title": words.title_of(
            notice.kind, language=language, name=story.names.get(notice.actor), room=story.room_name
        ),
        "lang": language,
        "navigate": f"{site}/rooms/{notice.room_id}/{notice.seq}",
        # As the client's own notifications: one for each room.
        "tag": notice.room_id,
        # As a text, which is how Safari documents it.
        "app_badge": str(story.calls),
        "data": {"me": notice.user_id, "room_id": notice.room_id, "seq": notice.seq},
    }
    if shows_text and story.text:
        shown["body"] = words.body_of(story.text, names=story.names)
    return Push(
        plain=plain_of(shown),
        urgency=URGENCIES[notice.kind],
        topic=topic_of(notice.room_id),
        seconds_to_live=seconds_to_live,
    )


def test_push_of(subscription: Subscription, *, site: str) -> Push:
    """Return the push by which a person sees that a device is reached."""
    language = subscription.language
    shown = {
        "title": TEST_TITLE[language],
        "body": TEST_BODY[language],
        "lang": language,
        "navigate": f"{site}/",
        "tag": "test",
    }
    return Push(plain=plain_of(shown), urgency="high", topic=None, seconds_to_live=60)


def plain_of(shown: Mapping[str, Any]) -> bytes:
    plain = msgspec.json.encode({"web_push": DECLARATIVE, "notification": shown})
    assert len(plain) <= PLAIN_BYTES_AT_MOST, "texts are cut so that they fit"  # noqa: S101
    return plain


def topic_of(room_id: str) -> str:
    """Return what stands for a room without naming it to the push service; at most 32 characters are allowed."""
    return base64.urlsafe_b64encode(hashlib.sha256(room_id.encode()).digest()[:24]).decode()
