"""Who is asking: a signed-in person, by an access token that we verify without asking anybody."""

from typing import TYPE_CHECKING, Any

from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from chatflow.auth.tokens import AccessToken
from chatflow.errors import Unauthenticated
from message_service import opened as parts

if TYPE_CHECKING:
    # REST framework's views import this module, by the settings.
    from rest_framework.views import APIView


class BearerAuthentication(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        scheme, _, credential = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        return None, parts.token_verifier().verify(credential.strip())


class SignedIn(BasePermission):
    def has_permission(self, request: Request, view: "APIView") -> bool:
        if not isinstance(request.auth, AccessToken):
            raise Unauthenticated
        return True


def user_id_of(request: Request) -> str:
    """Return who is asking; only for views that want somebody signed in."""
    token: Any = request.auth
    return str(token.user_id)
