"""Chooses the server that keeps the messages, by the scheme of a URL alone."""

from urllib.parse import unquote, urlsplit

from chatflow.process.secret_texts import mask_password
from chatflow.process.settings import SettingsError
from message_service.stores.port import MessageStore


def open_store(url: str) -> MessageStore:
    """Return the adapter for the URL's scheme; it connects when it is first used."""
    parts = urlsplit(url)
    match parts.scheme:
        case "sqlite":
            from message_service.stores.sqlite.store import SqliteStore

            return SqliteStore(unquote(parts.path.removeprefix("/")))
        case "mongodb" | "mongodb+srv":
            from message_service.stores.mongodb.store import MongodbStore

            return MongodbStore(url)
    raise SettingsError(
        f"CHATFLOW_MESSAGE_STORE_URL: sqlite:///PATH or mongodb://HOST/DATABASE, not {mask_password(url)}"
    )
