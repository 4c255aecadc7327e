"""The admin as a whole: who is let in, and what there is to see."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError

from chatflow.errors import RateLimited, Unavailable
from user_service import limits
from user_service.accounts.models import Installation, User
from user_service.admin.installation_pages import InstallationPages
from user_service.admin.session_pages import SessionPages
from user_service.admin.user_pages import UserPages
from user_service.sessions.models import Session


class SignInForm(AdminAuthenticationForm):
    """Lets in people with the role owner or admin, after counting the try as a sign-in to the app is counted."""

    def clean(self) -> dict[str, Any]:
        assert self.request is not None  # noqa: S101 - Django's view gives it
        try:
            tries = limits.count_login(self.request, login=self.cleaned_data.get("username", ""))
            cleaned: dict[str, Any] = super().clean()
        except (RateLimited, Unavailable) as error:
            raise ValidationError(str(error)) from None
        limits.forgive(tries)
        return cleaned


class ChatFlowAdmin(AdminSite):
    site_header = site_title = "ChatFlow"
    site_url = None
    login_form = SignInForm

    def get_urls(self) -> list[Any]:
        """Leave out the page that changes a password: it would go past the services. The app has one."""
        return [url for url in super().get_urls() if not str(getattr(url, "name", "")).startswith("password_change")]


site = ChatFlowAdmin()
site.register(User, UserPages)
site.register(Session, SessionPages)
site.register(Installation, InstallationPages)
