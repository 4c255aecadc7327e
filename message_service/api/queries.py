"""What a request of the outside may look like: query parameters, read as a struct."""

from typing import Any, TypeVar

import msgspec
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from chatflow.errors import Invalid

Query = TypeVar("Query", bound=msgspec.Struct)


class AlwaysJSON(BaseContentNegotiation):
    """We speak nothing but JSON, so that an Accept header is no reason to answer nothing."""

    def select_parser(self, request: Request, parsers: Any) -> None:
        return None

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        return renderers[0], renderers[0].media_type


def read_query(request: Request, kind: type[Query]) -> Query:
    """Return the query parameters as a struct, or raise `invalid` naming the one that is wrong; others are ignored."""
    try:
        query = msgspec.convert(request.query_params.dict(), kind, strict=False)
    except msgspec.ValidationError as error:
        raise Invalid(str(error)) from None
    if any("\0" in value for value in msgspec.structs.astuple(query) if isinstance(value, str)):
        raise Invalid("A parameter holds a NUL.")
    return query
