"""The answer with which a client gets its tokens when it registers, signs in or refreshes."""

from typing import Any

import msgspec
from rest_framework.request import Request
from rest_framework.response import Response

from chatflow.instants import write_instant
from user_service.sessions.cookies import check_same_site, set_refresh_cookie
from user_service.sessions.services import Credentials


def refuse_foreign_cookie(request: Request, *, wants_cookie: bool) -> None:
    """Refuse a cookie to another site; called first, so that nobody is signed in whose answer would be refused."""
    if wants_cookie:
        check_same_site(request)


def answer_credentials(credentials: Credentials, *, as_cookie: bool, status: int = 200) -> Response:
    content: dict[str, Any] = {
        "user": msgspec.to_builtins(credentials.user.public),
        "access": credentials.access,
        "expires_at": write_instant(credentials.expires_at.timestamp()),
    }
    if not as_cookie:
        content["refresh"] = credentials.refresh
    response = Response(content, status=status, headers={"Cache-Control": "no-store"})
    if as_cookie:
        set_refresh_cookie(response, credentials.refresh)
    return response
