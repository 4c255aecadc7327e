"""Logs as JSON on stdout; each line carries the request and message ids of the work that it is about."""

import logging
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

import structlog

from chatflow.process.settings import Settings

LINE_BREAKERS = {code: f"\\x{code:02x}" for code in [*range(0x20), 0x7F, *range(0x80, 0xA0)]} | {
    # No encoding has half a surrogate pair.
    code: f"\\u{code:04x}"
    for code in [0x2028, 0x2029, *range(0xD800, 0xE000)]
}


def configure_telemetry(settings: Settings, *, service: str) -> None:
    """Send this process's structlog and stdlib logs to stdout, and to OTLP where the settings name an endpoint."""
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(line_formatter(settings, service=service, log_format=settings.log_format))
    handlers: list[logging.Handler] = [handler]
    if settings.otlp_endpoint:
        # Imported only if asked for: the exporter costs memory that a single machine need not spend.
        from chatflow.process.telemetry_otlp import open_otlp_handler

        formatter = line_formatter(settings, service=service, log_format="json")
        handlers.append(open_otlp_handler(settings, service=service, formatter=formatter))
    logging.basicConfig(handlers=handlers, level=settings.log_level.upper(), force=True)
    # Their info lines report every request and connection, which our own metrics count.
    for noisy in ("aiohttp.access", "engineio", "socketio", "aio_pika", "aiormq", "pymongo", "urllib3"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def line_formatter(settings: Settings, *, service: str, log_format: str) -> logging.Formatter:
    """Return a formatter that makes one line of a record, from structlog or from a library's stdlib logger."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.contextvars.merge_contextvars, structlog.stdlib.ExtraAdder()],
        processors=[
            add_origin,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            name_process(service, settings.process_name),
            structlog.processors.format_exc_info,
            disarm_control_characters,
            renderer(log_format),
        ],
    )


def add_origin(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    record: logging.LogRecord = event["_record"]
    return {"level": record.levelname.lower(), "logger": record.name, **event}


def renderer(log_format: str) -> structlog.typing.Processor:
    if log_format == "console":
        return structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty())
    return structlog.processors.JSONRenderer(ensure_ascii=False)


def name_process(service: str, process: str) -> structlog.typing.Processor:
    def add(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        return {"service": service, "process": process, **event}

    return add


def disarm_control_characters(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Keep each record on one line, whatever a client put into a name: no line breaks, no terminal escapes.

    A traceback is our own and stays readable: JSON escapes it, the console shows it.
    """
    return {
        key: value.translate(LINE_BREAKERS) if isinstance(value, str) and key != "exception" else value
        for key, value in event.items()
    }


@contextmanager
def bind_context(**ids: str) -> Iterator[None]:
    """Add these ids (`request_id`, `room_id`, `message_id`) to every log line of this piece of work."""
    with structlog.contextvars.bound_contextvars(**ids):
        yield


def current_request_id() -> str | None:
    """Return the request id to send along with further calls."""
    return structlog.contextvars.get_contextvars().get("request_id")
