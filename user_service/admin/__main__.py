"""Starts the admin: `python -m user_service.admin`, where CHATFLOW_ADMIN is on."""

import logging
import os
import sys

import django
from django.core.wsgi import get_wsgi_application
from django.db import DatabaseError

from chatflow.process.lifeline import watch_lifeline
from chatflow.process.settings import Settings, SettingsError, load_settings_or_exit
from chatflow.process.telemetry import configure_telemetry
from chatflow_django.migrating import bring_up_to_date
from chatflow_django.probes import check_database
from chatflow_django.wsgi_server import serve


def main() -> None:
    settings = load_settings_or_exit()
    configure_telemetry(settings, service="user_service")
    watch_lifeline(settings)
    try:
        refuse_unwanted(settings)
        settings.require("service_secret", "django_secret_key")
        start_django()
        serve(get_wsgi_application(), settings, ready=check_database)
    except (SettingsError, DatabaseError, OSError) as error:
        sys.exit(f"error: {' '.join(str(error).split())}")


def refuse_unwanted(settings: Settings) -> None:
    if not settings.admin:
        raise SettingsError("the admin is off; CHATFLOW_ADMIN=1 turns it on")


def start_django() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "user_service.admin.settings"
    django.setup()
    # Django warns of every 403 and 404, which metrics count already.
    logging.getLogger("django.request").setLevel(logging.ERROR)
    bring_up_to_date("user_service.manage")


if __name__ == "__main__":
    main()
