"""Tells followers that there is a fact to poll; a lost hint costs them a second, not the truth."""

import structlog
from django.conf import settings

from chatflow.errors import Unavailable
from chatflow.wire.bus import FACTS_CHANNEL
from user_service.calls_redis import call

log = structlog.get_logger(__name__)


def wake_followers() -> None:
    try:
        call(settings.CHATFLOW.redis, [("PUBLISH", FACTS_CHANNEL, b"")])
    except Unavailable as error:
        log.warning("followers of facts were not woken", reason=str(error))
