"""Who is asking: a signed-in person, by an access token that we verify without asking anybody."""

from typing import TYPE_CHECKING, Any, cast

from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from chatflow.auth.principal import Principal
from chatflow.auth.tokens import AccessToken
from chatflow.errors import Unauthenticated
from chatflow_django.authentication import credential_of
from message_service import opened

if TYPE_CHECKING:
    # REST framework's views import this module, by the settings.
    from rest_framework.views import APIView


class BearerAuthentication(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        credential = credential_of(request, scheme="bearer")
        if credential is None:
            return None
        return None, opened.token_verifier().verify(credential)


class SignedIn(BasePermission):
    def has_permission(self, request: Request, view: "APIView") -> bool:
        if not isinstance(request.auth, AccessToken):
            raise Unauthenticated
        return True


def principal_of(request: Request) -> Principal:
    """Return who is asking; only for views that want somebody signed in."""
    return cast(AccessToken, request.auth).principal
