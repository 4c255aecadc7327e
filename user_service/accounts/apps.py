"""Names the accounts to Django."""

from django.apps import AppConfig


class Accounts(AppConfig):
    name = "user_service.accounts"
    label = "user_accounts"
    verbose_name = "Accounts"
