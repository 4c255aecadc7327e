"""Starts user_service: settings, keys, database, then requests until it is told to stop."""

import logging
import os
import sys

import django
from django.core.wsgi import get_wsgi_application
from django.db import DatabaseError

from chatflow.mail.opening import open_mailer
from chatflow.mail.port import Mailer
from chatflow.process.lifeline import watch_lifeline
from chatflow.process.settings import SettingsError, load_settings_or_exit
from chatflow.process.telemetry import configure_telemetry
from chatflow_django.migrating import bring_up_to_date
from chatflow_django.probes import check_database
from chatflow_django.wsgi_server import serve
from user_service.large_blocks import return_large_blocks

# Threads for requests that do not wait for a password.
OTHERS_AT_ONCE = 8


def main() -> None:
    settings = load_settings_or_exit()
    configure_telemetry(settings, service="user_service")
    watch_lifeline(settings)
    return_large_blocks()
    try:
        settings.require("service_secret", "django_secret_key")
        mailer = open_mailer(settings)
        start_django(mailer)
        serve(get_wsgi_application(), settings, ready=check_database, threads=OTHERS_AT_ONCE + queued_at_most())
    except (SettingsError, DatabaseError, OSError) as error:
        sys.exit(f"error: {' '.join(str(error).split())}")


def start_django(mailer: Mailer) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "user_service.settings"
    django.setup()
    # Django warns of every 401 and 404, which metrics count already.
    logging.getLogger("django.request").setLevel(logging.ERROR)
    # Imported here, because they need Django to be set up.
    from user_service.emails.sending import start_sending
    from user_service.sessions.identity import token_signer
    from user_service.tidying import start_tidying

    token_signer()
    bring_up_to_date("user_service.manage")
    start_tidying()
    start_sending(mailer)


def queued_at_most() -> int:
    """Return how many threads may wait for a password at once."""
    from user_service.accounts.passwords import QUEUED_AT_MOST

    return QUEUED_AT_MOST


if __name__ == "__main__":
    main()
