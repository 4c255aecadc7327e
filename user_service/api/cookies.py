"""The refresh token as a cookie, which scripts cannot read and other sites cannot send."""

from typing import Literal

from django.conf import settings
from rest_framework.request import Request
from rest_framework.response import Response

from chatflow.errors import Forbidden

REFRESH_COOKIE = "chatflow_refresh"
PATH = "/api/auth"
# A form cannot send this header, and a script of another origin only after a preflight request.
CUSTOM_HEADER = "X-ChatFlow"
# As the documents of the API name it.
COOKIE_HEADERS = {CUSTOM_HEADER: Literal["1"] | None}


def refresh_cookie(request: Request) -> str | None:
    """Return the refresh token that the browser sent along, or raise Forbidden if another site may be behind it."""
    token: str | None = request.COOKIES.get(REFRESH_COOKIE)
    if token is not None:
        check_same_site(request)
    return token


def check_same_site(request: Request) -> None:
    if request.headers.get(CUSTOM_HEADER) != "1":
        raise Forbidden(f"With a cookie, the header {CUSTOM_HEADER}: 1 is wanted.")
    origin = request.headers.get("Origin", "")
    if not is_allowed(origin, request=request):
        raise Forbidden("This origin is not allowed.")


def is_allowed(origin: str, *, request: Request) -> bool:
    """Compare whole origins. If none is set, only the address that the browser itself asked is allowed."""
    if origin in settings.CHATFLOW.public_origins:
        return True
    if settings.CHATFLOW.allowed_origins:
        return origin in settings.CHATFLOW.allowed_origins
    # The gateway passes on the address that it was asked at. A page of another site can set neither header.
    asked_at = request.headers.get("X-Forwarded-Host") or request.headers.get("Host", "")
    return origin in {f"http://{asked_at}", f"https://{asked_at}"}


def set_refresh_cookie(response: Response, token: str) -> None:
    response.set_cookie(
        REFRESH_COOKIE,
        token,
        max_age=settings.CHATFLOW.refresh_token_days * 24 * 3600,
        path=PATH,
        secure=settings.CHATFLOW.cookie_secure,
        httponly=True,
        samesite="Strict",
    )


def clear_refresh_cookie(response: Response) -> None:
    response.delete_cookie(REFRESH_COOKIE, path=PATH, samesite="Strict")
