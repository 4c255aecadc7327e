"""Django's `changepassword`, by the rules of all passwords here; it signs the person out everywhere."""

import getpass
from typing import Any

from django.contrib.auth.management.commands import changepassword
from django.core.management.base import CommandError
from django.utils import timezone

from chatflow.errors import Invalid
from user_service.accounts import selectors
from user_service.accounts.models import User
from user_service.sessions import password_changes

TRIES = 3


class Command(changepassword.Command):
    help = "Change somebody's password, which signs them out everywhere."

    def handle(self, *args: Any, **options: Any) -> str:
        username = options["username"] or getpass.getuser()
        user = selectors.find_by_username(username)
        if user is None:
            raise CommandError(f"There is nobody with the name {username}.")
        self.stdout.write(f"Changing the password of {user}.")
        for _ in range(TRIES):
            if self.is_changed(user):
                return f"The password of {user} is changed, and {user} is signed out everywhere."
        raise CommandError(f"The password of {user} is as it was.")

    def is_changed(self, user: User) -> bool:
        """Ask for a new password and set it; if that cannot be, say why."""
        password = getpass.getpass()
        if password != getpass.getpass("Password (again): "):
            self.stderr.write("These were two different passwords.")
            return False
        try:
            password_changes.set_password(user, new=password, now=timezone.now())
        except Invalid as error:
            self.stderr.write(str(error))
            return False
        return True
