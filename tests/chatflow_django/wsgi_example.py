"""A small WSGI service, which tests start in a process of its own: `python -m tests.chatflow_django.wsgi_example`."""

import sys
import time
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

import structlog

from chatflow.process.settings import load_settings_or_exit
from chatflow.process.telemetry import configure_telemetry, current_request_id
from chatflow_django.wsgi_server import serve

log = structlog.get_logger(__name__)


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Echo the body after as many seconds as the query says; `/from` tells whom it comes from."""
    body = environ["wsgi.input"].read()
    if environ["PATH_INFO"] == "/broken":
        raise RuntimeError("broken on purpose")
    if environ["PATH_INFO"] == "/from":
        body = environ.get("HTTP_X_FORWARDED_FOR", "nobody says").encode()
    log.info("request began", path=environ["PATH_INFO"])
    time.sleep(float(environ["QUERY_STRING"] or 0))
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"{current_request_id()} {environ['PATH_INFO']} ".encode(), body]


def main() -> None:
    settings = load_settings_or_exit()
    configure_telemetry(settings, service="example")
    try:
        serve(application, settings, ready=lambda: {"stars": "ok"}, threads=2)
    except OSError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
