"""Django in the tests' own process, where it is the project of notification_service, on a database for each test.

The other Django services run as processes in the tests, so that each process holds one project.
"""

import django
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections

from notification_service.stores.apps import Notifications
from notification_service.stores.opening import notification_database

APP = f"{Notifications.__module__}.{Notifications.__name__}"


def set_up() -> None:
    """Set up Django without a database: whoever forgets to name one gets none, rather than a developer's own."""
    settings.configure(INSTALLED_APPS=["chatflow_django", APP], USE_TZ=True, USE_I18N=False, LOGGING_CONFIG=None)
    django.setup()


def use_database(url: str) -> None:
    """Let connections that are opened from now on lead there."""
    connection.close()
    connections.settings.update(connections.configure_settings({"default": notification_database(url)}))
    # A thread keeps the object that it made its first connection with.
    del connections["default"]


def migrate(url: str) -> None:
    use_database(url)
    call_command("migrate", verbosity=0)


def wipe() -> None:
    """Forget everything that other tests stored."""
    for model in apps.get_models():
        model._default_manager.all().delete()
    connection.close()
