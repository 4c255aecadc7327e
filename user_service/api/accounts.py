"""The endpoints under /api/users: joining, being found, saying who one is."""

import uuid
from collections.abc import Sequence
from typing import Annotated, Any, get_args

import msgspec
from django.utils import timezone
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chatflow.errors import Invalid
from chatflow.http.documented import documented
from chatflow.http.queries import read_query
from chatflow.protocol.objects import AccountRole, Profile
from chatflow.protocol.objects import User as PublicUser
from chatflow.protocol.pages import Page
from user_service import limits
from user_service.accounts import roles, selectors, services
from user_service.accounts.models import User
from user_service.api.cookies import COOKIE_HEADERS
from user_service.api.credentials import SignedIn as Credentials
from user_service.api.credentials import answer_credentials, refuse_foreign_cookie
from user_service.authentication import BearerAuthentication, OwnService, SignedIn, caller_of
from user_service.emails.addresses import check_address
from user_service.emails.selectors import own_profile
from user_service.emails.services import ask_for_confirmation
from user_service.emails.writing import language_asked_for
from user_service.requests import InternalJSONParser, refuse_other_kind, validated
from user_service.sessions import services as sessions

IDS_AT_MOST = 100
INTERNAL_IDS_AT_MOST = 1000


class PeopleQuery(msgspec.Struct):
    q: Annotated[str, msgspec.Meta(max_length=100)] = ""
    # Ids with commas between them, in place of `q`.
    ids: Annotated[str, msgspec.Meta(max_length=IDS_AT_MOST * 37)] | None = None


class People(Page[PublicUser]):
    """A page of people."""


class Users(APIView):
    """Takes somebody new in, and finds people by name or by ids."""

    class Input(serializers.Serializer[Any]):
        username = serializers.CharField(max_length=200)
        password = serializers.CharField(max_length=1000, trim_whitespace=False)
        display_name = serializers.CharField(max_length=500, required=False, allow_null=True)
        email = serializers.CharField(max_length=500, required=False, allow_null=True)
        cookie = serializers.BooleanField(default=False)

    def get_authenticators(self) -> list[Any]:
        return [BearerAuthentication()] if self.request.method == "GET" else []

    def get_permissions(self) -> Sequence[Any]:
        return [SignedIn()] if self.request.method == "GET" else [AllowAny()]

    @documented(
        "register",
        "Make an account, and sign in with it.",
        tag="accounts",
        asker="anybody",
        body=Input,
        headers=COOKIE_HEADERS,
        answers={201: Credentials},
        errors=("conflict", "forbidden"),
    )
    def post(self, request: Request) -> Response:
        wanted = validated(self.Input, request)
        refuse_foreign_cookie(request, wants_cookie=wanted["cookie"])
        limits.count_registration(request)
        address = check_address(wanted["email"]) if wanted.get("email") else None
        if address:
            limits.count_mail(None, address=address)
        now = timezone.now()
        user = services.register(
            username=wanted["username"],
            password=wanted["password"],
            display_name=wanted.get("display_name"),
            email=None,
            now=now,
        )
        if address:
            language = language_asked_for(request.headers.get("Accept-Language", ""))
            ask_for_confirmation(user.id, address=address, language=language, now=now)
        credentials = sessions.open_session(user, user_agent=request.headers.get("User-Agent", ""), now=now)
        return answer_credentials(credentials, as_cookie=wanted["cookie"], status=201)

    @documented(
        "find_users",
        "People by the beginning of a name, or up to 100 by their ids.",
        tag="people",
        query=PeopleQuery,
        answers={200: People},
        links={"show_user": {"user_id": "/items/0/id"}},
    )
    def get(self, request: Request) -> Response:
        query = read_query(request.query_params.dict(), PeopleQuery)
        if query.ids is not None:
            users = selectors.find_by_ids(parse_ids(query.ids.split(",")))
        else:
            users = selectors.search(query.q)
        return Response(People(items=[user.public for user in users]))


class StatusInput(serializers.Serializer[Any]):
    """A status. A text alone is what it was in the version before."""

    emoji = serializers.CharField(max_length=200, required=False, allow_null=True, allow_blank=True)
    text = serializers.CharField(max_length=500, required=False, allow_null=True, allow_blank=True)
    until = serializers.DateTimeField(required=False, allow_null=True)

    def to_internal_value(self, data: Any) -> Any:
        given = {"text": data} if isinstance(data, str) else data
        if isinstance(given, dict):
            for name, field in self.fields.items():
                refuse_other_kind(field, given.get(name))
        return super().to_internal_value(given)


class Me(APIView):
    """Shows and changes one's own profile."""

    class Input(serializers.Serializer[Any]):
        display_name = serializers.CharField(max_length=500, required=False)
        status = StatusInput(required=False, allow_null=True)
        title = serializers.CharField(max_length=500, required=False, allow_null=True, allow_blank=True)
        locale = serializers.CharField(max_length=100, required=False, allow_null=True, allow_blank=True)
        time_zone = serializers.CharField(max_length=100, required=False, allow_null=True, allow_blank=True)

    @documented("show_me", "One's own profile.", tag="people", answers={200: Profile})
    def get(self, request: Request) -> Response:
        return Response(own_profile(caller_of(request).user))

    @documented(
        "change_me",
        "Change one's own profile; what is left out stays.",
        tag="people",
        body=Input,
        is_body_required=False,
        answers={200: Profile},
        errors=("conflict",),
    )
    def patch(self, request: Request) -> Response:
        changes = validated(self.Input, request)
        user_id = caller_of(request).user.id
        limits.count_profile(str(user_id))
        return Response(own_profile(services.update_profile(user_id, changes=changes, now=timezone.now())))


class UserDetail(APIView):
    """Shows one person."""

    @documented("show_user", "One person.", tag="people", answers={200: PublicUser})
    def get(self, request: Request, user_id: uuid.UUID) -> Response:
        return Response(content_of(selectors.access_user(user_id)))


class InternalUsers(APIView):
    """Resolves ids for our own services."""

    authentication_classes = ()
    permission_classes = (OwnService,)
    parser_classes = (InternalJSONParser,)

    class Input(serializers.Serializer[Any]):
        ids = serializers.ListField(child=serializers.CharField(), max_length=INTERNAL_IDS_AT_MOST)
        # Whoever does not say so is of the version before, and takes a status for a text.
        with_status = serializers.BooleanField(default=False)

    def post(self, request: Request) -> Response:
        wanted = validated(self.Input, request)
        contents = contents_of(selectors.find_by_ids(parse_ids(wanted["ids"])))
        if not wanted["with_status"]:
            contents = [content | {"status": None} for content in contents]
        return Response({"users": contents})


class InternalRole(APIView):
    """Gives somebody another role, for whoever runs the installation."""

    authentication_classes = ()
    permission_classes = (OwnService,)

    class Input(serializers.Serializer[Any]):
        username = serializers.CharField(max_length=200)
        role = serializers.ChoiceField(choices=get_args(AccountRole))

    def post(self, request: Request) -> Response:
        wanted = validated(self.Input, request)
        return Response(content_of(roles.change_role(username=wanted["username"], role=wanted["role"])))


def parse_ids(texts: list[str]) -> list[uuid.UUID]:
    try:
        return [uuid.UUID(text) for text in texts if text]
    except ValueError:
        raise Invalid("ids: one of them is no id.") from None


def contents_of(users: list[User]) -> list[dict[str, Any]]:
    return [content_of(user) for user in users]


def content_of(user: User) -> dict[str, Any]:
    content: dict[str, Any] = msgspec.to_builtins(user.public)
    return content
