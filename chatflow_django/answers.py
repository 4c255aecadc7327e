"""Turns every answer into JSON, and every exception into the one error object.

The exception may come from our own code, from Django, REST framework or the database, or be a bug.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
import structlog
from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from rest_framework import exceptions
from rest_framework.renderers import BaseRenderer
from rest_framework.response import Response

from chatflow.errors import (
    ChatFlowError,
    Forbidden,
    Internal,
    Invalid,
    NotFound,
    RateLimited,
    TooLarge,
    Unauthenticated,
    Unavailable,
)

log = structlog.get_logger(__name__)


class StructRenderer(BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        let_go(renderer_context or {})
        return msgspec.json.encode(data)


def let_go(context: Mapping[str, Any]) -> None:
    """Break the reference cycles around an answer, so that it leaves memory at once and not at the next collection."""
    response, view = context.get("response"), context.get("view")
    if response is not None and view is not None:
        view.response = None
        response.renderer_context = None
        response.data = None


def answer_error(problem: Exception, context: dict[str, Any]) -> Response:
    """Answer any exception of a REST view."""
    error = noted(problem, path=context["request"].path)
    return Response({"error": error.body}, status=status_of(problem, error), headers=headers_of(error))


def plain_error(problem: Exception, *, path: str) -> HttpResponse:
    """Answer any exception of a plain view."""
    error = noted(problem, path=path)
    return HttpResponse(
        msgspec.json.encode({"error": error.body}),
        status=error.kind.status,
        content_type="application/json",
        headers=headers_of(error),
    )


def noted(problem: Exception, *, path: str) -> ChatFlowError:
    """Return the row of the error table. An unexpected exception is logged, and the client learns nothing of it."""
    error = chatflow_error(problem)
    if isinstance(problem, OperationalError | InterfaceError):
        log.warning("the database is not available", reason=str(problem))
    elif isinstance(error, Internal):
        log.error("unexpected error", path=path, exc_info=problem)
    return error


def chatflow_error(problem: Exception) -> ChatFlowError:
    """Return the row of the error table for an exception."""
    match problem:
        case ChatFlowError():
            return problem
        case exceptions.ValidationError():
            return Invalid(first_complaint(problem.detail))
        case exceptions.NotAuthenticated() | exceptions.AuthenticationFailed():
            return Unauthenticated()
        case exceptions.PermissionDenied() | PermissionDenied():
            return Forbidden()
        case exceptions.NotFound() | Http404():
            return NotFound()
        case exceptions.Throttled():
            return RateLimited(retry_after=getattr(problem, "wait", None))
        case exceptions.APIException() if problem.status_code < 500:
            return Invalid(str(problem.detail))
        case RequestDataTooBig():
            return TooLarge()
        case SuspiciousOperation() | BadRequest():
            return Invalid()
        case OperationalError() | InterfaceError():
            return Unavailable(retry_after=1.0)
        case _:
            return Internal()


def first_complaint(detail: Any, *, field: str = "") -> str:
    """Return the first field that is wrong, and what is wrong with it."""
    if isinstance(detail, dict):
        name, inner = next(iter(detail.items()))
        return first_complaint(inner, field=field if name == "non_field_errors" else str(name))
    if isinstance(detail, list):
        # A list field gives a list with {} for each element that is right.
        return first_complaint(next(element for element in detail if element), field=field)
    return f"{field}: {detail}" if field else str(detail)


def status_of(problem: Exception, error: ChatFlowError) -> int:
    """Return the HTTP status: 405 and 415 have no code of their own in the table, which calls both `invalid`."""
    if isinstance(problem, exceptions.MethodNotAllowed | exceptions.UnsupportedMediaType):
        return problem.status_code
    return error.kind.status


def headers_of(error: ChatFlowError) -> dict[str, str]:
    headers = {"Cache-Control": "no-store"}
    if error.kind.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if error.retry_after is not None:
        headers["Retry-After"] = str(max(1, round(error.retry_after)))
    return headers


def answer_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return plain_error(NotFound(), path=request.path)


def answer_bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return plain_error(Invalid(), path=request.path)


def answer_broken(request: HttpRequest) -> HttpResponse:
    """Answer an exception outside a view, which Django has logged."""
    return plain_error(Internal(), path=request.path)
