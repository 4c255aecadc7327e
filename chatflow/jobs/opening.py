"""Opens the job queues that the settings name: the worker's side of all, or the side of one taker."""

from urllib.parse import urlsplit

from chatflow.bus.port import Bus
from chatflow.http.service_client import ServiceClient
from chatflow.jobs.port import JobQueue, JobSource
from chatflow.process.settings import Settings, SettingsError
from chatflow.wire.outbox import ALERTS, CONSUMERS


def open_job_queues(settings: Settings, *, bus: Bus) -> dict[str, JobQueue]:
    """Return the worker's side of each consumer's queue, by consumer."""
    match urlsplit(settings.job_queue_url).scheme:
        case "log":
            from chatflow.jobs.log_queue import LogQueue

            return {consumer: LogQueue(bus) for consumer in CONSUMERS}
        case "amqp" | "amqps":
            from chatflow.jobs.rabbitmq import RabbitQueue
            from chatflow.jobs.rabbitmq_queues import base_of

            return {consumer: RabbitQueue(settings.job_queue_url, queue=base_of(consumer)) for consumer in CONSUMERS}
        case scheme:
            raise SettingsError(f"CHATFLOW_JOB_QUEUE_URL: there is no job queue for {scheme!r}")


def open_job_source(
    settings: Settings, *, bus: Bus, message_service: ServiceClient, consumer: str = ALERTS
) -> JobSource:
    """Return the taker's side of a consumer's queue."""
    match urlsplit(settings.job_queue_url).scheme:
        case "log":
            from chatflow.jobs.log_queue import LogSource

            return LogSource(
                bus,
                message_service=message_service,
                consumer=consumer,
                is_first_suspect=settings.died_before,
            )
        case "amqp" | "amqps":
            from chatflow.jobs.rabbitmq import RabbitSource
            from chatflow.jobs.rabbitmq_queues import base_of

            return RabbitSource(
                settings.job_queue_url,
                message_service=message_service,
                queue=base_of(consumer),
                consumer=consumer,
            )
        case scheme:
            raise SettingsError(f"CHATFLOW_JOB_QUEUE_URL: there is no job queue for {scheme!r}")
