"""How Django signs somebody in and what it lets them do: by the same services as everything else, and by their role."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from chatflow.errors import Unauthenticated
from user_service.accounts import services
from user_service.accounts.models import User

# An owner may do everything. The services refuse an admin what only an owner may do, such as changing an owner's role.
ADMINS_PERMISSIONS = frozenset(
    {
        "user_accounts.view_user",
        "user_accounts.change_user",
        "user_sessions.view_session",
        "user_sessions.change_session",
    }
)


class AccountsBackend(ModelBackend):
    """Uses the pool in which all passwords are compared, and the table of permissions above."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_: Any
    ) -> User | None:
        if username is None or password is None:
            return None
        try:
            return services.authenticate(login=username, password=password)
        except Unauthenticated:
            return None

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        given: set[str] = super().get_all_permissions(user_obj, obj)
        is_admin = user_obj.is_active and user_obj.is_staff and obj is None
        return given | ADMINS_PERMISSIONS if is_admin else given
