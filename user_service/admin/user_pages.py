"""The pages on which accounts are looked at, get another role, and are deactivated; no page shows a password's hash."""

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin, display
from django.db.models import Field
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html

from chatflow.errors import ChatFlowError
from user_service.accounts import roles
from user_service.accounts.models import User
from user_service.sessions import deactivating


class UserPages(ModelAdmin):  # type: ignore[type-arg] # only in the stubs it takes one
    list_display = ("username", "display_name", "role", "bot", "deactivated", "created_at", "last_login")
    list_filter = ("role", "deactivated", "bot")
    list_per_page = 50
    search_fields = ("username_key", "display_key")
    readonly_fields: ClassVar[Any] = (
        *("id", "username", "display_name", "status", "email", "email_confirmed_at"),
        *("bot", "created_at", "last_login", "devices"),
    )
    fields: ClassVar[Any] = (*readonly_fields[1:9], "role", "deactivated", "devices", "id")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Whoever may not change an account sees it all the same."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or roles.may_change(acting(request), account=obj))

    def formfield_for_dbfield(self, db_field: "Field[Any, Any]", request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "role":
            return forms.ChoiceField(choices=[(role, role) for role in roles.roles_given_by(acting(request))])
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Show on the page itself why a change was refused; the transaction around it is undone by then."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except ChatFlowError as error:
            self.message_user(request, str(error), messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Change it by the services, which tell everybody whom it concerns; the object itself is not saved."""
        # Sessions are locked before the counter of facts, as everywhere.
        if "deactivated" in form.changed_data:
            deactivating.change_deactivated(obj.id, deactivated=obj.deactivated, actor=acting(request))
        if "role" in form.changed_data:
            roles.change_role(username=obj.username, role=obj.account_role, actor=acting(request))

    @display(description="Devices")
    def devices(self, user: User) -> str:
        url = reverse("admin:user_sessions_session_changelist")
        return format_html('<a href="{}?user__id__exact={}">{}</a>', url, user.id, user.sessions.count())


def acting(request: HttpRequest) -> User:
    """Return who is signed in; Django lets nobody else see these pages."""
    assert isinstance(request.user, User)  # noqa: S101
    return request.user
