"""Tells outages of PostgreSQL from statements that are wrong, and bounds how long a statement may take."""

from typing import Any

from django.db import Error, InterfaceError, OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from notification_service.stores.opening import ANSWER_MILLISECONDS

# The class of PostgreSQL's errors for statements beyond its limits. The driver counts them as outages, but the server
# will never take such a statement.
BEYOND_LIMITS = "54"


def is_outage(error: Error) -> bool:
    """Tell whether the server fails; a statement that is wrong stays wrong however often it is tried."""
    if (getattr(error.__cause__, "sqlstate", None) or "").startswith(BEYOND_LIMITS):
        return False
    return isinstance(error, OperationalError | InterfaceError)


def bound_statements() -> None:
    """Let PostgreSQL cancel what takes too long, on each connection that this process opens from now on.

    Django's settings cannot say it, because they hold for migrations too, which may take longer.
    """
    connection_created.connect(bound_statements_of, dispatch_uid="bound statements")


def bound_statements_of(connection: BaseDatabaseWrapper, **_: Any) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, false)", [str(ANSWER_MILLISECONDS)])
