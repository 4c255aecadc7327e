"""What Django is told of the database that a URL names."""

from typing import Any

from chatflow_django.database import django_database

# A statement that takes longer waits for a lock that somebody forgot; a server that is silent for as long is gone.
ANSWER_MILLISECONDS = 5000


def notification_database(url: str) -> dict[str, Any]:
    database = django_database(url, setting="CHATFLOW_NOTIFICATION_DATABASE_URL")
    if database["ENGINE"] == "django.db.backends.postgresql":
        # The server prepares what is said again and again: a large room's notices are recorded in half the time.
        prepared = {"server_side_binding": True, "prepare_threshold": 5}
        database["OPTIONS"] = {"tcp_user_timeout": ANSWER_MILLISECONDS, **prepared, **database["OPTIONS"]}
    return database
