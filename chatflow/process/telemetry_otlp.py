"""Logs by OTLP over HTTP, as Loki takes them natively; a thread sends them in batches, so that work never waits."""

import atexit
import json
import logging
import threading
from typing import Any

from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.resources import Resource

from chatflow.process.settings import Settings

SEVERITIES = {
    logging.DEBUG: SeverityNumber.DEBUG,
    logging.INFO: SeverityNumber.INFO,
    logging.WARNING: SeverityNumber.WARN,
    logging.ERROR: SeverityNumber.ERROR,
    logging.CRITICAL: SeverityNumber.FATAL,
}
# The exporter's own problems go to stdout alone, or each would create another record to send.
OWN_LOGGERS = ("opentelemetry", "urllib3", "requests")


# The range of numbers in OTLP; a larger one would lose its whole batch.
INTEGERS = range(-(2**63), 2**63)
# A process has promised to stop within 8 s, whether or not Loki answers.
LAST_BATCH_SECONDS = 2.0


class OtlpHandler(logging.Handler):
    """Turns the JSON line that stdout gets into a record: the event becomes its body, the ids its attributes."""

    def __init__(self, provider: LoggerProvider) -> None:
        super().__init__()
        self._logger = provider.get_logger("chatflow")

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith(OWN_LOGGERS):
            return
        try:
            self._logger.emit(self._translate(record))
        except Exception:  # noqa: BLE001
            # As in every handler: a failure to log is reported on stderr, and the work goes on.
            self.handleError(record)

    def _translate(self, record: logging.LogRecord) -> LogRecord:
        fields = json.loads(self.format(record))
        return LogRecord(
            timestamp=int(record.created * 1e9),
            severity_number=SEVERITIES.get(record.levelno, SeverityNumber.INFO),
            severity_text=record.levelname,
            body=str(fields.pop("event", "")),
            attributes={key: plain(value) for key, value in fields.items() if value is not None},
        )


def plain(value: Any) -> str | int | float | bool:
    """Return a field's value in a form that Loki can show; libraries also log objects and lists."""
    is_plain = isinstance(value, str | float | bool) or (isinstance(value, int) and value in INTEGERS)
    return value if is_plain else json.dumps(value, ensure_ascii=False)


def open_otlp_handler(settings: Settings, *, service: str, formatter: logging.Formatter) -> logging.Handler:
    """Return a handler that sends each record to the endpoint in the settings, with `…/v1/logs` added."""
    resource = Resource.create({"service.name": service, "service.instance.id": settings.process_name})
    provider = LoggerProvider(resource=resource, shutdown_on_exit=False)
    exporter = OTLPLogExporter(endpoint=f"{settings.otlp_endpoint.rstrip('/')}/v1/logs")
    provider.add_log_record_processor(BatchLogRecordProcessor(exporter, schedule_delay_millis=1000))
    atexit.register(send_the_last, provider)
    handler = OtlpHandler(provider)
    handler.setFormatter(formatter)
    return handler


def send_the_last(provider: LoggerProvider) -> None:
    """Send what is left, but only for as long as we have: the exporter itself would try for ten seconds and more."""
    sending = threading.Thread(target=provider.shutdown, daemon=True)
    sending.start()
    sending.join(LAST_BATCH_SECONDS)
