"""The feed of facts about accounts, which our other services follow."""

from typing import get_args

import msgspec
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chatflow.auth.account_facts.pages import Kind
from chatflow.errors import Invalid
from user_service.authentication import OwnService
from user_service.feed import selectors
from user_service.requests import position_parameter, text_parameter

KINDS: tuple[Kind, ...] = get_args(Kind)


class FactFeed(APIView):
    """Tells what became true of accounts after a position, of all kinds or of those that `kinds` names."""

    authentication_classes = ()
    permission_classes = (OwnService,)

    def get(self, request: Request) -> Response:
        kinds = kinds_parameter(request)
        page = selectors.facts_after(position_parameter(request, "after"), kinds=kinds, now=timezone.now())
        return Response(msgspec.to_builtins(page))


def kinds_parameter(request: Request) -> list[Kind]:
    named = text_parameter(request, "kinds", characters_at_most=200)
    if named is None:
        return list(KINDS)
    # A follower of a later version may know more kinds: it gets those that there are here.
    if wanted := [kind for kind in KINDS if kind in named.split(",")]:
        return wanted
    raise Invalid(f"kinds: some of {', '.join(KINDS)}, with commas between.")
