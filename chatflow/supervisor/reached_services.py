"""How `chatflow` on the command line reaches a service: of the system that runs on a data folder, or of a cluster."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from msgspec.structs import replace

from chatflow.process.secret_texts import Secret
from chatflow.process.settings import Settings, SettingsError, read_secret_files
from chatflow.supervisor.process_table import read_table

if TYPE_CHECKING:
    from chatflow.http.service_client import ServiceClient


def settings_of_running(settings: Settings, *, service: str) -> Settings:
    """Return the settings that lead to this service of the system which runs on the data folder.

    Raises SettingsError while the system is starting and has no such service yet.
    """
    data_dir = settings.data_dir.absolute()
    ports = {row.name: row.port for row in read_table(data_dir)}
    if service not in ports:
        raise SettingsError(
            f"{service} does not run yet on {data_dir}: try again when `chatflow status` says that it is ready"
        )
    secret = read_secret_files(str(settings.secrets_dir or data_dir / "secrets")).get("CHATFLOW_SERVICE_SECRET")
    return replace(
        settings,
        service_secret=settings.service_secret or (Secret(secret) if secret else None),
        **{f"{service}_url": f"http://127.0.0.1:{ports[service]}"},
    )


@asynccontextmanager
async def open_client(settings: Settings, *, service: str) -> AsyncIterator["ServiceClient"]:
    """Yield a client of the service, or raise SettingsError where no secret is set."""
    # Imported here, because every other command, and each start of the system, would take twice as long with it.
    from chatflow.http.service_client import ServiceClient

    settings.require("service_secret")
    assert settings.service_secret is not None  # noqa: S101 - required above
    url: str = getattr(settings, f"{service}_url")
    client = ServiceClient(service, url, settings.service_secret.get_secret_value())
    try:
        yield client
    finally:
        await client.close()
