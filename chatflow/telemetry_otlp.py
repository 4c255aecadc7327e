"""Logs by OTLP over HTTP, as Loki takes them natively; sent in batches by a thread, never in the way of the work."""

import atexit
import logging

import msgspec
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.resources import Resource

from chatflow.settings import Settings

SEVERITIES = {
    logging.DEBUG: SeverityNumber.DEBUG,
    logging.INFO: SeverityNumber.INFO,
    logging.WARNING: SeverityNumber.WARN,
    logging.ERROR: SeverityNumber.ERROR,
    logging.CRITICAL: SeverityNumber.FATAL,
}
# The exporter's own troubles go to stdout alone, or each would make another record to send.
OWN_LOGGERS = ("opentelemetry", "urllib3", "requests")


class OtlpHandler(logging.Handler):
    """Turns the JSON line that stdout gets into a record: the event is its body, the ids are its attributes."""

    def __init__(self, provider: LoggerProvider) -> None:
        super().__init__()
        self._logger = provider.get_logger("chatflow")

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith(OWN_LOGGERS):
            return
        fields = msgspec.json.decode(self.format(record), type=dict[str, str | int | float | bool | list[str] | None])
        self._logger.emit(
            LogRecord(
                timestamp=int(record.created * 1e9),
                severity_number=SEVERITIES.get(record.levelno, SeverityNumber.INFO),
                severity_text=record.levelname,
                body=fields.pop("event", ""),
                attributes={key: value for key, value in fields.items() if value is not None},
            )
        )


def open_otlp_handler(settings: Settings, *, service: str, formatter: logging.Formatter) -> logging.Handler:
    """Return a handler that sends each record to the endpoint in the settings, `…/v1/logs` added."""
    resource = Resource.create({"service.name": service, "service.instance.id": settings.process_name})
    provider = LoggerProvider(resource=resource, shutdown_on_exit=False)
    exporter = OTLPLogExporter(endpoint=f"{settings.otlp_endpoint.rstrip('/')}/v1/logs")
    provider.add_log_record_processor(BatchLogRecordProcessor(exporter, schedule_delay_millis=1000))
    atexit.register(provider.shutdown)
    handler = OtlpHandler(provider)
    handler.setFormatter(formatter)
    return handler
