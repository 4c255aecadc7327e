"""Tells the verifiers that there is a revocation to poll; a lost hint costs them a second, not the truth."""

import structlog
from django.conf import settings

from chatflow.errors import Unavailable
from chatflow.wire.bus import REVOCATIONS_CHANNEL
from user_service.redis_client import call

log = structlog.get_logger(__name__)


def wake_verifiers() -> None:
    try:
        call(settings.CHATFLOW.redis, [("PUBLISH", REVOCATIONS_CHANNEL, b"")])
    except Unavailable as error:
        log.warning("verifiers were not woken", reason=str(error))
