"""Who is asking: a signed-in person by an access token, or one of our own services by the service secret."""

import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from chatflow.auth.principal import Principal
from chatflow.errors import Forbidden, Unauthenticated
from chatflow_django.authentication import credential_of
from user_service.accounts.models import User
from user_service.sessions import selectors
from user_service.sessions.identity import known_tokens
from user_service.sessions.models import Session

if TYPE_CHECKING:
    # REST framework's views import this module, by the settings.
    from rest_framework.views import APIView


@dataclass(frozen=True)
class Caller:
    """A person who is signed in, and the session by which they are."""

    user: User
    session: Session

    @property
    def principal(self) -> Principal:
        return self.session.principal


class BearerAuthentication(BaseAuthentication):
    """Verifies the access token and checks in the database that its session has not ended."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        credential = credential_of(request, scheme="bearer")
        if credential is None:
            return None
        session = selectors.access_live_session(known_tokens().verify(credential).principal.session_id)
        return session.user, Caller(user=session.user, session=session)


class SignedIn(BasePermission):
    def has_permission(self, request: Request, view: "APIView") -> bool:
        if not isinstance(request.auth, Caller):
            raise Unauthenticated
        return True


class OwnService(BasePermission):
    """Lets in callers with the service secret; the gateway passes no such request on from outside."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        credential = credential_of(request, scheme="service")
        secret = settings.CHATFLOW.service_secret
        if credential is None or secret is None:
            raise Forbidden
        if not hmac.compare_digest(credential.encode(), secret.get_secret_value().encode()):
            raise Forbidden
        return True


def caller_of(request: Request) -> Caller:
    """Return who is asking; only for views that require somebody signed in."""
    return cast(Caller, request.auth)
