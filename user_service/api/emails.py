"""The endpoints of one's e-mail address, and what our own services ask to write mails."""

from typing import Any

import msgspec
from django.utils import timezone
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chatflow.http.documented import documented
from chatflow.protocol.objects import Profile
from chatflow.wire.mail_recipients import MailRecipients
from user_service import limits
from user_service.accounts import selectors as accounts
from user_service.api.accounts import INTERNAL_IDS_AT_MOST, parse_ids
from user_service.authentication import OwnService, caller_of
from user_service.emails import selectors, services
from user_service.emails.addresses import check_address
from user_service.emails.writing import language_asked_for
from user_service.requests import InternalJSONParser, validated


class MyEmail(APIView):
    """Gives one an e-mail address, once it is confirmed, and takes it away."""

    class Input(serializers.Serializer[Any]):
        email = serializers.CharField(max_length=500)

    @documented(
        "give_email",
        "Give one's e-mail address: a link is sent there, good for 24 hours. Until it is followed, the one confirmed "
        "before stays. Given again, the mail is sent again.",
        tag="people",
        body=Input,
        answers={202: Profile},
    )
    def post(self, request: Request) -> Response:
        address = check_address(validated(self.Input, request)["email"])
        user_id = caller_of(request).user.id
        limits.count_mail(str(user_id), address=address)
        language = language_asked_for(request.headers.get("Accept-Language", ""))
        services.ask_for_confirmation(user_id, address=address, language=language, now=timezone.now())
        return Response(selectors.own_profile(accounts.access_user(user_id)), status=202)

    @documented(
        "remove_email", "Forget one's e-mail address, and the one that waits.", tag="people", answers={204: None}
    )
    def delete(self, request: Request) -> Response:
        services.remove_address(caller_of(request).user.id)
        return Response(status=204)


class ConfirmEmail(APIView):
    """Takes the token of a link that was sent to an address; whoever reads its mail may not be signed in there."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    class Input(serializers.Serializer[Any]):
        token = serializers.CharField(max_length=200)

    @documented(
        "confirm_email",
        "Confirm an e-mail address by the token in its link. It is good once; after that, or when it is too old, it is "
        "`not_found`. An address that another account has confirmed is a `conflict`.",
        tag="accounts",
        asker="anybody",
        body=Input,
        answers={204: None},
        errors=("conflict", "not_found"),
    )
    def post(self, request: Request) -> Response:
        wanted = validated(self.Input, request)
        limits.count_link(request)
        services.confirm(wanted["token"], now=timezone.now())
        return Response(status=204)


class InternalRecipients(APIView):
    """Tells our own services how to write mails to people."""

    authentication_classes = ()
    permission_classes = (OwnService,)
    parser_classes = (InternalJSONParser,)

    class Input(serializers.Serializer[Any]):
        ids = serializers.ListField(child=serializers.CharField(), max_length=INTERNAL_IDS_AT_MOST)

    def post(self, request: Request) -> Response:
        recipients = selectors.mail_recipients(parse_ids(validated(self.Input, request)["ids"]))
        return Response(msgspec.to_builtins(MailRecipients(recipients=recipients)))
