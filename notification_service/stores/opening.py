"""Opens the database that a URL names."""

from urllib.parse import urlsplit

from chatflow.process.settings import SettingsError
from notification_service.stores.database import Database


def open_database(url: str) -> Database:
    """Return the database that the URL names: `sqlite:///<absolute path>` or `postgresql://…/<name>`."""
    match urlsplit(url).scheme:
        case "sqlite":
            from notification_service.stores.sqlite import SqliteConnection

            return Database(SqliteConnection(url))
        case "postgresql" | "postgres":
            from notification_service.stores.postgresql import PostgresqlConnection

            return Database(PostgresqlConnection(url))
        case scheme:
            raise SettingsError(f"CHATFLOW_NOTIFICATION_DATABASE_URL: no database speaks {scheme!r}")
