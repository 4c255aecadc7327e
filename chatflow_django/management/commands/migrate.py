"""Django's `migrate`, while no other process migrates the same database."""

from typing import Any

from django.core.management.base import CommandParser
from django.core.management.commands import migrate

from chatflow_django.migrating import LOCK_WITHIN_SECONDS, migration_lock


class Command(migrate.Command):
    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--lock-within",
            type=float,
            default=LOCK_WITHIN_SECONDS,
            metavar="SECONDS",
            help="How long to wait while another process migrates this database.",
        )

    def handle(self, *args: Any, lock_within: float = LOCK_WITHIN_SECONDS, **options: Any) -> None:
        with migration_lock(within_seconds=lock_within):
            super().handle(*args, **options)
