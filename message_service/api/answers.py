"""Every answer leaves as JSON made by msgspec, and every error as the one error object, whoever raised it."""

from collections.abc import Mapping
from typing import Any

import msgspec
import structlog
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from rest_framework import exceptions
from rest_framework.renderers import BaseRenderer
from rest_framework.response import Response

from chatflow.errors import ChatFlowError, Internal, Invalid, NotFound, TooLarge, Unauthenticated

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
    """Take away what leads back to the answer: a page would stay in memory until Python looks for cycles."""
    response, view = context.get("response"), context.get("view")
    if response is not None and view is not None:
        view.response = None
        response.renderer_context = None
        response.data = None


def answer_error(problem: Exception, context: dict[str, Any]) -> Response:
    """Answer any exception of a REST view."""
    error = noted(problem, path=context["request"].path)
    status = problem.status_code if isinstance(problem, exceptions.MethodNotAllowed) else error.kind.status
    return Response({"error": error.body}, status=status, headers=headers_of(error))


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
    """Return the row of the error table; what nobody expected is logged and told to nobody."""
    error = chatflow_error(problem)
    if isinstance(error, Internal):
        log.error("unexpected error", path=path, exc_info=problem)
    return error


def chatflow_error(problem: Exception) -> ChatFlowError:
    match problem:
        case ChatFlowError():
            return problem
        case exceptions.NotAuthenticated() | exceptions.AuthenticationFailed():
            return Unauthenticated()
        case exceptions.NotFound() | Http404():
            return NotFound()
        case exceptions.APIException() if problem.status_code < 500:
            return Invalid(str(problem.detail))
        case RequestDataTooBig():
            return TooLarge()
        case SuspiciousOperation() | BadRequest():
            return Invalid(str(problem))
        case _:
            return Internal()


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
    """Answer what went wrong outside a view; Django has logged it."""
    return plain_error(Internal(), path=request.path)
