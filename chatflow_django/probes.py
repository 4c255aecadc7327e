"""The probes of every WSGI process (`/health`, `/ready`, `/metrics`), and the time and id of each request."""

import json
import re
import time
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import prometheus_client
from django.db import DatabaseError, connection

from chatflow.ids import new_id
from chatflow.process.telemetry import bind_context

# Maps each thing that a process depends on to "ok" or to what is wrong with it.
ReadyCheck = Callable[[], dict[str, str]]
Answer = tuple[str, str, bytes]

REQUEST_SECONDS = prometheus_client.Histogram(
    "chatflow_http_request_seconds", "Time from the request to its answer.", ["method", "status"]
)
# Other methods are counted as one, because a client could make up any number of them.
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


def with_probes(app: WSGIApplication, *, ready: ReadyCheck) -> WSGIApplication:
    """Answer `/health`, `/ready` and `/metrics`, and pass everything else on to the application, measured."""
    watched = with_watch(app)
    probes: dict[str, Callable[[], Answer]] = {
        "/health": answer_health,
        "/ready": lambda: answer_ready(ready),
        "/metrics": answer_metrics,
    }

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        probe = probes.get(environ["PATH_INFO"])
        if probe is None or environ["REQUEST_METHOD"] != "GET":
            return watched(environ, start_response)
        status, content_type, body = probe()
        start_response(status, [("Content-Type", content_type), ("Content-Length", str(len(body)))])
        return [body]

    return answer


def with_watch(app: WSGIApplication) -> WSGIApplication:
    """Measure how long each request takes, and add its id to its log lines and its answer."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        given = environ.get("HTTP_X_REQUEST_ID", "")
        request_id = given if REQUEST_ID.fullmatch(given) else new_id()
        method = environ["REQUEST_METHOD"] if environ["REQUEST_METHOD"] in METHODS else "other"
        seen_status = "500"
        started = time.perf_counter()

        def start(
            status: str,
            headers: list[tuple[str, str]],
            exc_info: tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None] | None = None,
        ) -> Callable[[bytes], object]:
            nonlocal seen_status
            seen_status = status[:3]
            headers.append(("X-Request-Id", request_id))
            return start_response(status, headers, exc_info)

        try:
            with bind_context(request_id=request_id):
                return app(environ, start)
        finally:
            REQUEST_SECONDS.labels(method, seen_status).observe(time.perf_counter() - started)

    return answer


def check_database() -> dict[str, str]:
    """Be the ready check of a service that has a database."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return {"database": str(error)}
    return {"database": "ok"}


def answer_health() -> Answer:
    return json_answer("200 OK", {"status": "ok"})


def answer_ready(ready: ReadyCheck) -> Answer:
    checks = ready()
    is_ready = all(state == "ok" for state in checks.values())
    status = "200 OK" if is_ready else "503 Service Unavailable"
    return json_answer(status, {"status": "ok" if is_ready else "not ready", "checks": checks})


def answer_metrics() -> Answer:
    return "200 OK", prometheus_client.CONTENT_TYPE_LATEST, prometheus_client.generate_latest()


def json_answer(status: str, content: dict[str, Any]) -> Answer:
    return status, "application/json", json.dumps(content).encode()
