"""What verifiers ask: our public keys, and, from before account facts, the sessions that ended."""

import msgspec
from django.utils import timezone
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from user_service.authentication import OwnService
from user_service.requests import position_parameter
from user_service.sessions import identity, selectors


class JWKS(APIView):
    """Publishes the keys by which anybody can verify an access token."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        return Response(msgspec.to_builtins(identity.token_signer().jwks))


class Revocations(APIView):
    """Tells verifiers from before account facts which sessions ended after a position; a later version removes it."""

    authentication_classes = ()
    permission_classes = (OwnService,)

    def get(self, request: Request) -> Response:
        page = selectors.revocations_after(position_parameter(request, "after"), now=timezone.now())
        return Response(msgspec.to_builtins(page))
