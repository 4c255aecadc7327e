"""Names the accounts to Django, and tells their model what makes one."""

from django.apps import AppConfig


class Accounts(AppConfig):
    name = "user_service.accounts"
    label = "user_accounts"
    verbose_name = "Accounts"

    def ready(self) -> None:
        # Only now are there models, which the services import.
        from user_service.accounts.models import UserObjects
        from user_service.accounts.services import make_account

        UserObjects.make_account = staticmethod(make_account)
