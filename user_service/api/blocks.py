"""The endpoints under /api/users/me/blocks: whom one blocks."""

import uuid
from typing import Annotated

import msgspec
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chatflow.http.documented import documented
from chatflow.http.queries import read_query
from user_service import limits
from user_service.api.accounts import People
from user_service.authentication import caller_of
from user_service.blocks import selectors, services

LIMIT_BY_DEFAULT, LIMIT_AT_MOST = 50, 100


class BlocksQuery(msgspec.Struct):
    cursor: Annotated[int, msgspec.Meta(ge=0, lt=10**18)] | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=LIMIT_AT_MOST)] = LIMIT_BY_DEFAULT


class Blocks(APIView):
    """Lists the people whom one blocks, the latest first."""

    @documented(
        "list_blocks",
        "The people whom one blocks, the latest first.",
        tag="people",
        query=BlocksQuery,
        answers={200: People},
        links={"unblock": {"user_id": "/items/0/id"}},
    )
    def get(self, request: Request) -> Response:
        query = read_query(request.query_params.dict(), BlocksQuery)
        page = selectors.blocked_by(caller_of(request).user.id, before=query.cursor, limit=query.limit)
        following = None if page.before is None else str(page.before)
        return Response(People(items=[user.public for user in page.people], next=following))


class BlockDetail(APIView):
    """Blocks and unblocks one person; nobody is told that they are blocked."""

    @documented(
        "block",
        "Block somebody; nobody is told that they are blocked.",
        tag="people",
        answers={204: None},
        errors=("conflict",),
    )
    def put(self, request: Request, user_id: uuid.UUID) -> Response:
        caller_id = caller_of(request).user.id
        limits.count_block(str(caller_id))
        services.block(caller_id, user_id)
        return Response(status=204)

    @documented("unblock", "Take a block back.", tag="people", answers={204: None})
    def delete(self, request: Request, user_id: uuid.UUID) -> Response:
        caller_id = caller_of(request).user.id
        limits.count_block(str(caller_id))
        services.unblock(caller_id, user_id)
        return Response(status=204)
