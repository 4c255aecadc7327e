"""The pages on which sessions are looked at and ended."""

from django.contrib import messages
from django.contrib.admin import ModelAdmin, action
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from user_service.accounts import selectors as accounts
from user_service.accounts.models import STAFF
from user_service.accounts.roles import lock_installation
from user_service.admin.user_pages import acting
from user_service.sessions import services
from user_service.sessions.models import Session

# One transaction, during which nobody else is signed in or out on SQLite.
ENDED_AT_ONCE = 500


class SessionPages(ModelAdmin):  # type: ignore[type-arg] # only in the stubs it takes one
    list_display = ("user", "user_agent", "created_at", "last_used_at", "expires_at", "revoked_at", "revoked_reason")
    list_select_related = ("user",)
    list_per_page = 50
    search_fields = ("user__username_key",)
    # No token's hash.
    fields = (*list_display[:2], "id", *list_display[2:])
    actions = ("end_sessions",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Session | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Session | None = None) -> bool:
        return False

    def has_end_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("user_sessions.change_session")

    @action(description="End the selected sessions", permissions=["end"])
    def end_sessions(self, request: HttpRequest, queryset: QuerySet[Session]) -> None:
        """End those that are selected, except for the sessions of people whom only an owner may change."""
        with transaction.atomic():
            # Nobody gets another role until these sessions have ended.
            lock_installation()
            is_owner = accounts.access_user(acting(request).id).is_superuser
            ended = queryset if is_owner else queryset.exclude(user__role__in=STAFF)
            ids = list(ended.order_by("id").values_list("id", flat=True)[:ENDED_AT_ONCE])
            sessions = Session.objects.filter(id__in=ids)
            services.revoke(sessions, reason="admin", now=timezone.now())
            self.log_change_of(request, sessions)
        self.message_user(request, f"{len(ids)} sessions have ended.", messages.SUCCESS)

    def log_change_of(self, request: HttpRequest, sessions: QuerySet[Session]) -> None:
        for session in sessions:
            self.log_change(request, session, "Ended.")
