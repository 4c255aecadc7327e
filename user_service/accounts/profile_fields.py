"""The rules for what people say of themselves beside their names: status, title, locale, time zone."""

import re
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from chatflow.errors import Invalid
from user_service.accounts.names import STATUS_AT_MOST, TITLE_AT_MOST, check_line

# As for reactions.
EMOJI_AT_MOST = 64
LOCALE_AT_MOST = 35
TIME_ZONE_AT_MOST = 64

# What Unicode shows as emoji lies in these ranges, and will: what an older Python has no name for is among it.
PICTURE = (
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u25fe\u2600-\u27bf\u2934\u2935\u2b05-\u2b55"
    "\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001faff]"
)
# With how it is to be shown and the colour of its skin; several joined are one.
PART = f"{PICTURE}\ufe0f?[\U0001f3fb-\U0001f3ff]?\ufe0f?"
EMOJI = re.compile(
    f"{PART}(?:\u200d{PART})*"
    # Flags of countries, flags of their parts, and keys.
    "|[\U0001f1e6-\U0001f1ff]{2}|\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f|[0-9#*]\ufe0f?\u20e3"
    # By name.
    r"|:[\w+-]+:"
)
LOCALE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}")


class CheckedStatus(NamedTuple):
    emoji: str | None
    text: str | None
    until: datetime | None


NO_STATUS = CheckedStatus(None, None, None)


def check_status(*, emoji: str | None, text: str | None, until: datetime | None, now: datetime) -> CheckedStatus:
    """Return the status; one that says nothing is none."""
    checked = CheckedStatus(check_emoji(emoji), check_optional(text, "status.text", at_most=STATUS_AT_MOST), until)
    if checked.emoji is None and checked.text is None:
        return NO_STATUS
    if until is not None and until <= now:
        raise Invalid("status.until: a time to come.")
    return checked


def check_emoji(text: str | None) -> str | None:
    emoji = check_optional(text, "status.emoji", at_most=EMOJI_AT_MOST)
    if emoji is not None and not EMOJI.fullmatch(emoji):
        raise Invalid("status.emoji: one emoji.")
    return emoji


def check_title(text: str | None) -> str | None:
    return check_optional(text, "title", at_most=TITLE_AT_MOST)


def check_locale(text: str | None) -> str | None:
    if text and not (len(text) <= LOCALE_AT_MOST and LOCALE.fullmatch(text)):
        raise Invalid("locale: a language tag, as ko or en-GB.")
    return text or None


def check_time_zone(text: str | None) -> str | None:
    try:
        if text:
            ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid("time_zone: a name of the time zone database, as Asia/Seoul.") from None
    return text or None


def check_optional(text: str | None, field: str, *, at_most: int) -> str | None:
    """Return the line, or None for an empty one."""
    if text is None or not text.strip():
        return None
    return check_line(text, field=field, characters_at_most=at_most)
