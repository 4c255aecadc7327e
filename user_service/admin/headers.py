"""The headers of every page of the admin: nothing from elsewhere, no frames, kept by no cache."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# Django's admin has all its scripts and styles in files.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


def strict_pages(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response["Content-Security-Policy"] = POLICY
        response["X-Frame-Options"] = "DENY"
        if not request.path.startswith("/static/"):
            response["Cache-Control"] = "no-store"
        return response

    return answer
