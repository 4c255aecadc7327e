"""The endpoints under /api/auth: getting in, staying in, getting out."""

import uuid
from typing import Any

import msgspec
from django.utils import timezone
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chatflow.errors import Invalid, Unauthenticated
from chatflow.http.documented import documented
from chatflow.instants import write_instant
from chatflow.protocol.pages import Page
from user_service import limits
from user_service.accounts import services as accounts
from user_service.api.cookies import COOKIE_HEADERS, REFRESH_COOKIE, clear_refresh_cookie, refresh_cookie
from user_service.api.credentials import SignedIn, answer_credentials, refuse_foreign_cookie
from user_service.authentication import BearerAuthentication, caller_of
from user_service.requests import validated
from user_service.sessions import identity, password_changes, selectors, services
from user_service.sessions.models import Session


class ShownSession(msgspec.Struct, frozen=True):
    """A device on which one is signed in."""

    id: str
    user_agent: str
    created_at: str
    last_used_at: str
    expires_at: str
    # Whether it is the one that asks.
    current: bool


class ShownSessions(Page[ShownSession]):
    """One's devices; there is one page only."""


class Login(APIView):
    """Signs a device in by name and password."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    class Input(serializers.Serializer[Any]):
        login = serializers.CharField(max_length=200)
        password = serializers.CharField(max_length=1000, trim_whitespace=False)
        cookie = serializers.BooleanField(default=False)

    @documented(
        "log_in",
        "Sign in by name and password.",
        tag="accounts",
        asker="anybody",
        body=Input,
        headers=COOKIE_HEADERS,
        answers={200: SignedIn},
        errors=("unauthenticated", "forbidden"),
    )
    def post(self, request: Request) -> Response:
        wanted = validated(self.Input, request)
        refuse_foreign_cookie(request, wants_cookie=wanted["cookie"])
        tries = limits.count_login(request, login=wanted["login"])
        user = accounts.authenticate(login=wanted["login"], password=wanted["password"])
        limits.forgive(tries)
        credentials = services.open_session(user, user_agent=request.headers.get("User-Agent", ""), now=timezone.now())
        return answer_credentials(credentials, as_cookie=wanted["cookie"])


class Refresh(APIView):
    """Exchanges a refresh token, given in the body or by cookie, for new tokens."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    class Input(serializers.Serializer[Any]):
        refresh = serializers.CharField(max_length=200, required=False)
        cookie = serializers.BooleanField(default=False)

    @documented(
        "refresh",
        "Exchange a refresh token, given in the body or as a cookie, for new tokens. The old one is good no longer.",
        tag="accounts",
        asker="session",
        body=Input,
        is_body_required=False,
        headers=COOKIE_HEADERS,
        answers={200: SignedIn},
        errors=("unauthenticated", "forbidden"),
    )
    def post(self, request: Request) -> Response:
        wanted = validated(self.Input, request)
        refuse_foreign_cookie(request, wants_cookie=wanted["cookie"])
        in_body = wanted.get("refresh")
        token = in_body or refresh_cookie(request)
        if token is None:
            raise Invalid("refresh: missing, in the body and as a cookie.")
        credentials = services.refresh_session(token, now=timezone.now())
        return answer_credentials(credentials, as_cookie=wanted["cookie"] or in_body is None)

    def handle_exception(self, exc: Exception) -> Response:
        response = super().handle_exception(exc)
        if isinstance(exc, Unauthenticated) and REFRESH_COOKIE in self.request.COOKIES:
            clear_refresh_cookie(response)
        return response


class Logout(APIView):
    """Ends the session whose refresh token or access token is shown; one of the two may have expired."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    class Input(serializers.Serializer[Any]):
        refresh = serializers.CharField(max_length=200, required=False)

    @documented(
        "log_out",
        "End the session whose refresh token or access token is shown; one of the two may have expired.",
        tag="accounts",
        asker="session",
        body=Input,
        is_body_required=False,
        headers=COOKIE_HEADERS,
        answers={204: None},
        errors=("unauthenticated", "token_expired", "forbidden"),
    )
    def post(self, request: Request) -> Response:
        token = validated(self.Input, request).get("refresh") or refresh_cookie(request)
        services.revoke_session(self._session_id(request, token), reason="logout", now=timezone.now())
        response = Response(status=204)
        clear_refresh_cookie(response)
        return response

    def _session_id(self, request: Request, token: str | None) -> uuid.UUID:
        if token is not None:
            return identity.refresh_tokens().read(token).session_id
        authenticated = BearerAuthentication().authenticate(request)
        if authenticated is None:
            raise Unauthenticated
        session_id: uuid.UUID = authenticated[1].session.id
        return session_id


class LogoutAll(APIView):
    """Ends every session of the person who asks."""

    @documented("log_out_everywhere", "End every session of one's own.", tag="accounts", answers={204: None})
    def post(self, request: Request) -> Response:
        services.revoke_all(caller_of(request).user.id, reason="logout_all", now=timezone.now())
        response = Response(status=204)
        clear_refresh_cookie(response)
        return response


class Sessions(APIView):
    """Lists the devices on which one is signed in."""

    @documented(
        "list_sessions",
        "The devices on which one is signed in.",
        tag="accounts",
        answers={200: ShownSessions},
        links={"end_session": {"session_id": "/items/0/id"}},
    )
    def get(self, request: Request) -> Response:
        caller = caller_of(request)
        sessions = selectors.live_sessions(caller.user.id, now=timezone.now())
        items = [shown_session(session, current=caller.session) for session in sessions]
        return Response(ShownSessions(items=items))


class SessionDetail(APIView):
    """Signs one's other device out."""

    @documented("end_session", "Sign another of one's devices out.", tag="accounts", answers={204: None})
    def delete(self, request: Request, session_id: uuid.UUID) -> Response:
        now = timezone.now()
        session = selectors.access_session_of(caller_of(request).user.id, session_id=session_id, now=now)
        services.revoke_session(session.id, reason="signed_out", now=now)
        return Response(status=204)


class PasswordChange(APIView):
    """Changes the password; every other device has to sign in again."""

    class Input(serializers.Serializer[Any]):
        current = serializers.CharField(max_length=1000, trim_whitespace=False)
        new = serializers.CharField(max_length=1000, trim_whitespace=False)

    @documented(
        "change_password",
        "Change one's password. Every other device has to sign in again.",
        tag="accounts",
        body=Input,
        answers={204: None},
        errors=("forbidden",),
    )
    def post(self, request: Request) -> Response:
        wanted = validated(self.Input, request)
        caller = caller_of(request)
        tries = limits.count_password_check(request, account=str(caller.user.id))
        password_changes.change_password(
            caller.user, current=wanted["current"], new=wanted["new"], kept=caller.session, now=timezone.now()
        )
        limits.forgive(tries)
        return Response(status=204)


def shown_session(session: Session, *, current: Session) -> ShownSession:
    return ShownSession(
        id=str(session.id),
        user_agent=session.user_agent,
        created_at=write_instant(session.created_at.timestamp()),
        last_used_at=write_instant(session.last_used_at.timestamp()),
        expires_at=write_instant(session.expires_at.timestamp()),
        current=session.id == current.id,
    )
