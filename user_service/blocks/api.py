"""The endpoints under /api/users/me/blocks: whom one blocks."""

import uuid

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chatflow.errors import Invalid
from user_service import limits
from user_service.accounts.api import contents_of
from user_service.authentication import caller_of
from user_service.blocks import selectors, services
from user_service.requests import position_parameter

LIMIT_BY_DEFAULT, LIMIT_AT_MOST = 50, 100


class Blocks(APIView):
    """Lists the people whom one blocks, the latest first."""

    def get(self, request: Request) -> Response:
        before = position_parameter(request, "cursor") if "cursor" in request.query_params else None
        page = selectors.blocked_by(caller_of(request).user.id, before=before, limit=limit_parameter(request))
        following = None if page.before is None else str(page.before)
        return Response({"items": contents_of(page.people), "next": following, "prev": None})


class BlockDetail(APIView):
    """Blocks and unblocks one person; nobody is told that they are blocked."""

    def put(self, request: Request, user_id: uuid.UUID) -> Response:
        caller_id = caller_of(request).user.id
        limits.count_block(str(caller_id))
        services.block(caller_id, user_id)
        return Response(status=204)

    def delete(self, request: Request, user_id: uuid.UUID) -> Response:
        caller_id = caller_of(request).user.id
        limits.count_block(str(caller_id))
        services.unblock(caller_id, user_id)
        return Response(status=204)


def limit_parameter(request: Request) -> int:
    if "limit" not in request.query_params:
        return LIMIT_BY_DEFAULT
    limit = position_parameter(request, "limit")
    if not 1 <= limit <= LIMIT_AT_MOST:
        raise Invalid(f"limit: a number from 1 to {LIMIT_AT_MOST}.")
    return limit
