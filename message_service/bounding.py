"""Gives each request its deadline, before anything of it is looked up."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from chatflow.errors import Unavailable
from message_service.answers import plain_error
from message_service.query_deadlines import answered_by, read_deadline

# An append names its own, and is never broken off once it writes. The clock is asked and told by whoever puts it right.
WITHOUT = {"/internal/append", "/internal/clock"}


def bound_requests(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """A Django middleware; it stands before all others."""

    def answer(request: HttpRequest) -> HttpResponse:
        if request.path in WITHOUT:
            return get_response(request)
        try:
            with answered_by(read_deadline(request.headers.get("X-Deadline"))):
                return get_response(request)
        except Unavailable as late:
            return plain_error(late, path=request.path)

    return answer
