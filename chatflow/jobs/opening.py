"""Opens the job queue that the settings name: the worker's side of it, or the taker's."""

from urllib.parse import urlsplit

from chatflow.bus.port import Bus
from chatflow.http.service_client import ServiceClient
from chatflow.jobs.port import JobQueue, JobSource
from chatflow.process.settings import Settings, SettingsError


def open_job_queue(settings: Settings, *, bus: Bus) -> JobQueue:
    """Return the worker's side of the queue that the settings name."""
    match urlsplit(settings.job_queue_url).scheme:
        case "log":
            from chatflow.jobs.log import LogQueue

            return LogQueue(bus)
        case "amqp" | "amqps":
            from chatflow.jobs.rabbitmq import RabbitQueue

            return RabbitQueue(settings.job_queue_url)
        case scheme:
            raise SettingsError(f"CHATFLOW_JOB_QUEUE_URL: there is no job queue for {scheme!r}")


def open_job_source(settings: Settings, *, bus: Bus, message_service: ServiceClient) -> JobSource:
    """Return the taker's side of the queue that the settings name."""
    match urlsplit(settings.job_queue_url).scheme:
        case "log":
            from chatflow.jobs.log import LogSource

            return LogSource(bus, message_service=message_service)
        case "amqp" | "amqps":
            from chatflow.jobs.rabbitmq import RabbitSource

            return RabbitSource(settings.job_queue_url, message_service=message_service)
        case scheme:
            raise SettingsError(f"CHATFLOW_JOB_QUEUE_URL: there is no job queue for {scheme!r}")
