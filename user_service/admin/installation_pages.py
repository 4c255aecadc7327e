"""The page that shows what is known of the installation as a whole; nobody changes it by hand."""

from django.contrib.admin import ModelAdmin
from django.http import HttpRequest

from user_service.accounts.models import Installation


class InstallationPages(ModelAdmin):  # type: ignore[type-arg] # only in the stubs it takes one
    list_display = ("__str__", "has_accounts")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Installation | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Installation | None = None) -> bool:
        return False
