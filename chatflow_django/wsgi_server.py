"""Serves a WSGI application with threads in this one process, so that no worker can outlive it or share its port.

Granian's usual server is a main process and worker processes; a second interpreter with Django costs another 50 MB, and
a worker lives on when its main process is killed. Its thread server runs the same worker in a thread instead. It
refuses interpreters with a lock, because there more threads bring no more processors; we do not ask it for any.
"""

import os
import socket
import threading
from typing import Any
from wsgiref.types import WSGIApplication

import structlog
from granian.constants import HTTPModes, Interfaces, Loops
from granian.log import LogLevels
from granian.server.mt import MTServer

from chatflow.process.settings import Settings
from chatflow_django.callers import with_callers
from chatflow_django.probes import ReadyCheck, with_probes

log = structlog.get_logger(__name__)

# A process may take 8 s to stop; what still runs then is cut off, as by a crash.
STOP_WITHIN_SECONDS = 7.0
# The pool that reads bodies: granian would allow 512 threads.
BODY_THREADS = 4
# Leaves logging as telemetry configured it: the default would replace (and shut down) every handler.
LOGGING_UNTOUCHED: dict[str, Any] = {"incremental": True, "handlers": {}, "loggers": {}}


def serve(app: WSGIApplication, settings: Settings, *, ready: ReadyCheck, threads: int = 8) -> None:
    """Answer on the settings' host and port until SIGTERM or SIGINT; call it from the main thread.

    Requests under way at the signal are finished first. `/health`, `/ready` (by `ready`) and `/metrics` are answered
    here, before the application. Raises OSError if the port is taken.
    """
    refuse_taken_port(settings.host, settings.port)
    settings.require("service_secret")
    assert settings.service_secret is not None  # noqa: S101 - required in the line above
    app = with_probes(with_callers(app, secret=settings.service_secret.get_secret_value()), ready=ready)
    server = OneProcessServer(
        "",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        # WSGI runs none; granian wants to hold one all the same.
        loop=Loops.asyncio,
        blocking_threads=threads,
        runtime_blocking_threads=BODY_THREADS,
        # An idle thread gives back its database connection with itself; under daily traffic it should not.
        blocking_threads_idle_timeout=600,
        log_level=LogLevels.error,
        log_dictconfig=LOGGING_UNTOUCHED,
    )
    log.info("listening", host=settings.host, port=settings.port)
    server.serve(target_loader=lambda: app, wrap_loader=False)
    log.info("stopped")


class OneProcessServer(MTServer):
    """Granian's thread server, allowed on an interpreter with a lock, and bounded in how long it stops."""

    def _check_gil(self) -> None:
        """Accept the lock: one worker is all that we start."""

    def signal_handler_interrupt(self, *args: Any, **kwargs: Any) -> None:
        deadline = threading.Timer(STOP_WITHIN_SECONDS, end_now)
        deadline.daemon = True
        deadline.start()
        super().signal_handler_interrupt(*args, **kwargs)  # type: ignore[no-untyped-call]


def end_now() -> None:
    log.error("requests were still running at the stop's deadline", after_seconds=STOP_WITHIN_SECONDS)
    os._exit(1)


def refuse_taken_port(host: str, port: int) -> None:
    """Granian shares ports (SO_REUSEPORT): two processes would silently split the requests between them."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise OSError(f"cannot listen on {host}:{port}: {error.strerror}") from None
