"""The answer with which a client gets its tokens when it registers, signs in or refreshes."""

import msgspec
from rest_framework.request import Request
from rest_framework.response import Response

from chatflow.instants import write_instant
from chatflow.protocol.objects import User
from user_service.api.cookies import check_same_site, set_refresh_cookie
from user_service.sessions.services import Credentials


class SignedIn(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a client gets once it is signed in; a refresh token that comes as a cookie is not in the body."""

    user: User
    access: str
    expires_at: str
    refresh: str | None = None


def refuse_foreign_cookie(request: Request, *, wants_cookie: bool) -> None:
    """Refuse a cookie to another site; called first, so that nobody is signed in whose answer would be refused."""
    if wants_cookie:
        check_same_site(request)


def answer_credentials(credentials: Credentials, *, as_cookie: bool, status: int = 200) -> Response:
    content = SignedIn(
        user=credentials.user.public,
        access=credentials.access,
        expires_at=write_instant(credentials.expires_at.timestamp()),
        refresh=None if as_cookie else credentials.refresh,
    )
    response = Response(content, status=status, headers={"Cache-Control": "no-store"})
    if as_cookie:
        set_refresh_cookie(response, credentials.refresh)
    return response
