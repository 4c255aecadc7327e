"""Tells gateways from before account facts of a profile that changed. A later version removes this."""

import msgspec
import structlog
from django.conf import settings

from chatflow.errors import Unavailable
from chatflow.protocol.objects import User
from chatflow.wire.bus import SIGNALS_CHANNEL, UserChanged
from user_service.redis_client import call

log = structlog.get_logger(__name__)


def tell_of_profile(user: User) -> None:
    signal = msgspec.msgpack.encode([UserChanged(user=msgspec.to_builtins(user))])
    try:
        call(settings.CHATFLOW.redis, [("PUBLISH", SIGNALS_CHANNEL, signal)])
    except Unavailable as error:
        log.warning("nobody is told of a profile that changed", reason=str(error))
