"""Starts message_service: settings, the store, the facts about accounts, then requests until it is told to stop."""

import gc
import logging
import os
import sys

import django
from django.core.wsgi import get_wsgi_application

from chatflow.auth.account_facts.poller import follow_facts_in_thread
from chatflow.errors import ChatFlowError
from chatflow.process.lifeline import watch_lifeline
from chatflow.process.settings import SettingsError, load_settings_or_exit
from chatflow.process.telemetry import configure_telemetry
from chatflow_django.wsgi_server import serve
from message_service import opened
from message_service.internal.clock_keeping import keep_clock_in_thread
from message_service.internal.outbox_age import measure_outbox_age_in_thread


def main() -> None:
    settings = load_settings_or_exit()
    configure_telemetry(settings, service="message_service")
    watch_lifeline(settings)
    try:
        settings.require("service_secret", "django_secret_key")
        start_django()
        opened.store().migrate()
        stop_following = follow_facts_in_thread(opened.facts(), get=opened.user_service().get)
        stop_keeping = keep_clock_in_thread(opened.clock(), opened.store())
        stop_measuring = measure_outbox_age_in_thread(opened.clock(), opened.store())
        app = get_wsgi_application()
        # What exists by now stays, so garbage collection need not look through it and slow down a batch of messages.
        gc.collect()
        gc.freeze()
        serve(app, settings, ready=check_store)
        stop_following()
        stop_keeping()
        stop_measuring()
        opened.store().close()
    except (SettingsError, ChatFlowError, OSError) as error:
        # The cause says what is wrong with the file or the server.
        sys.exit(f"error: {' '.join(str(error.__cause__ or error).split())}")


def start_django() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "message_service.settings"
    django.setup()
    # Django warns of every 401 and 404, which metrics count already.
    logging.getLogger("django.request").setLevel(logging.ERROR)


def check_store() -> dict[str, str]:
    try:
        opened.store().check()
    except ChatFlowError as error:
        return {"message_store": str(error)}
    return {"message_store": "ok"}


if __name__ == "__main__":
    main()
