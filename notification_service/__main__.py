"""`python -m notification_service`."""

import asyncio
import os

import django

from chatflow.process.processes import run_service
from chatflow.process.settings import Settings
from chatflow_django.migrating import bring_up_to_date


async def serve(settings: Settings, stop: asyncio.Event) -> None:
    """Set up Django, bring the database up to date, and run the service."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "notification_service.settings"
    django.setup()
    # In a thread, because Django refuses to use a database in an event loop's own.
    await asyncio.to_thread(bring_up_to_date, "notification_service.manage")
    # Imported here: Django has to be set up before its models are imported.
    from notification_service import service

    await service.serve(settings, stop)


if __name__ == "__main__":
    run_service(serve, service="notification_service")
