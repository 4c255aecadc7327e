"""Tells a running message_service that the clock is right."""

from datetime import UTC, datetime

from msgspec.structs import replace

from chatflow.http.service_client import ServiceClient
from chatflow.process.settings import Secret, Settings, read_secret_files
from chatflow.supervisor.process_table import read_table
from chatflow.wire.clock import ClockAnswer, ClockAsk

SERVICE = "message_service"


def settings_of_running(settings: Settings) -> Settings:
    """Return the settings that lead to the message_service of the system which runs on the data folder."""
    data_dir = settings.data_dir.absolute()
    ports = {row.name: row.port for row in read_table(data_dir)}
    secret = read_secret_files(str(settings.secrets_dir or data_dir / "secrets")).get("CHATFLOW_SERVICE_SECRET")
    return replace(
        settings,
        message_service_url=f"http://127.0.0.1:{ports[SERVICE]}",
        service_secret=settings.service_secret or (Secret(secret) if secret else None),
    )


async def tell_trust(settings: Settings) -> tuple[ClockAnswer, ClockAnswer]:
    """Return what the log's time was before, and what it is now."""
    settings.require("service_secret")
    assert settings.service_secret is not None  # noqa: S101 - required above
    client = ServiceClient(SERVICE, settings.message_service_url, settings.service_secret.get_secret_value())
    try:
        before = await client.call("/internal/clock", ClockAsk(), ClockAnswer, idempotent=True)
        after = await client.call("/internal/clock", ClockAsk(trust=True), ClockAnswer, idempotent=True)
    finally:
        await client.close()
    return before, after


def moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(sep=" ", timespec="seconds")
