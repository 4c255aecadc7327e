"""Django's `migrate`, while no other process migrates the same database."""

from typing import Any

from django.core.management.commands import migrate

from chatflow_django.migrating import migration_lock


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        with migration_lock():
            super().handle(*args, **options)
