"""How Django finds and makes users: by the same rules and services as everything else here."""

from typing import TYPE_CHECKING

from django.contrib.auth.base_user import BaseUserManager
from django.utils import timezone

from chatflow.errors import Invalid
from chatflow.protocol.objects import AccountRole
from user_service.accounts import names

if TYPE_CHECKING:
    from user_service.accounts.models import User


class UserObjects(BaseUserManager["User"]):
    """What Django calls the model's manager."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find somebody however their name is written."""
        return self.get(username_key=names.comparable(username or ""))

    def create_user(self, username: str, password: str | None = None, *, email: str | None = None) -> "User":
        """Make an account, or raise Invalid or Conflict."""
        return register(username, password, email=email, role=None)

    def create_superuser(self, username: str, password: str | None = None, *, email: str | None = None) -> "User":
        """Make an account that owns the installation, or raise Invalid or Conflict."""
        return register(username, password, email=email, role="owner")


def register(username: str, password: str | None, *, email: str | None, role: AccountRole | None) -> "User":
    if password is None:
        raise Invalid("password: missing; with --noinput it is read from DJANGO_SUPERUSER_PASSWORD.")
    # Imported here, because the services import the models.
    from user_service.accounts import services

    return services.register(
        username=username, password=password, display_name=None, email=email, role=role, now=timezone.now()
    )
