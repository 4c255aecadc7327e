"""Gives each request its deadline before anything is looked up for it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from chatflow.errors import Unavailable
from chatflow_django.answers import plain_error
from message_service.stores.query_deadlines import answered_within, read_timeout

# An append brings its own deadline, and is never interrupted once it writes.
APPEND = "/internal/append"


def bound_requests(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Django middleware; it must come before all others."""

    def answer(request: HttpRequest) -> HttpResponse:
        if request.path == APPEND:
            return get_response(request)
        try:
            with answered_within(read_timeout(request.headers.get("X-Timeout"))):
                return get_response(request)
        except Unavailable as late:
            return plain_error(late, path=request.path)

    return answer
