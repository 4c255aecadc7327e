"""The steps from any older SQLite file to this program's; a step is never changed once it is released."""

from collections.abc import Callable, Sequence

from message_service.stores.sqlite.database import SqliteConnections


def executing(statements: Sequence[str]) -> Callable[[SqliteConnections], None]:
    """Return the step that consists of these statements."""

    def up(store: SqliteConnections) -> None:
        with store.writing() as db:
            for statement in statements:
                db.execute(statement)

    return up
