"""The limits that apply to a client, as the event `ready` lists them."""

from chatflow.process.settings import Settings
from chatflow.protocol.commands import DESCRIPTION_LENGTH, NAME_LENGTH, TEXT_LENGTH, TOPIC_LENGTH
from chatflow.protocol.told import Limits, Rate
from gateway.engine.buckets import BURST_SECONDS
from gateway.engine.limits import MAX_PAYLOAD_BYTES
from gateway.sessions.rate_limits import rates_of


def shown_limits(settings: Settings) -> Limits:
    """Return the object `limits`; null means no limit."""
    return Limits(
        text_length=TEXT_LENGTH,
        name_length=NAME_LENGTH,
        topic_length=TOPIC_LENGTH,
        description_length=DESCRIPTION_LENGTH,
        attachments=10,
        payload_bytes=MAX_PAYLOAD_BYTES,
        rooms_per_sync=settings.rooms_per_sync,
        people_per_watch=settings.people_per_watch,
        connections=settings.connections_per_person or None,
        added_per_hour=settings.added_per_hour or None,
        channels_per_hour=settings.channels_per_hour or None,
        rates={kind: shown_rate(rate) for kind, rate in rates_of(settings).items()},
        packets=shown_rate(settings.packets_per_second),
        rest_calls=shown_rate(settings.rest_calls_per_second),
    )


def shown_rate(rate: int) -> Rate | None:
    return Rate(rate, int(rate * BURST_SECONDS)) if rate else None
