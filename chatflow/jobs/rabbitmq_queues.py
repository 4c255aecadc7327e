"""The queues on RabbitMQ: how they are called, with the version of their limits in the name, and how they are declared.

A queue that exists with other arguments refuses to be declared, each time (406). So whoever changes an argument raises
`VERSION`, and adds what the names were before to `before`: takers go on to empty those queues.

What is rejected or has waited is moved `at-most-once`. The other strategy has one supervisor for the whole broker,
which a restart may end; then each such queue refuses for ever (rabbitmq-server#16652). What the broker loses that way
is still owed in the log, and comes again.
"""

from dataclasses import dataclass
from typing import Any

from aio_pika.abc import AbstractChannel

from chatflow.jobs.port import PAUSES_SECONDS
from chatflow.wire.outbox import ALERTS

QUEUE = "chatflow.jobs"
VERSION = 2
# While nobody takes jobs, owners offer them again and again; a full queue refuses them and grows no further.
QUEUE_LIMIT = 100_000
DEAD_LIMIT = 10_000
# How often a message may come back without an ack. The taker looks at it long before that; this is the last fence.
DELIVERY_LIMIT = 20


@dataclass(frozen=True)
class Queues:
    """The queues of one consumer. On all of them there is room for so much, and no argument follows from a setting."""

    base: str

    @property
    def main(self) -> str:
        return f"{self.base}.v{VERSION}"

    @property
    def dead(self) -> str:
        """Where what holds no jobs is kept for somebody to look at, and what came back too often."""
        return f"{self.main}.dead"

    @property
    def before(self) -> tuple[str, ...]:
        """What `main` was called in versions that may still publish; the first had no number."""
        return (self.base,)

    def later(self, seconds: float) -> str:
        """Return the queue whose messages come back to `main` after so long, or after the longest pause."""
        pause = next((pause for pause in PAUSES_SECONDS if pause >= seconds), PAUSES_SECONDS[-1])
        return f"{self.main}.later.{pause}s"

    def declarations(self) -> dict[str, dict[str, Any]]:
        """Return the arguments of each queue, by name."""
        refusing = {"x-queue-type": "quorum", "x-max-length": QUEUE_LIMIT, "x-overflow": "reject-publish"}
        later = {
            self.later(pause): {
                **refusing,
                "x-message-ttl": pause * 1000,
                **moved_to(self.main),
            }
            for pause in PAUSES_SECONDS
        }
        main = {**refusing, "x-delivery-limit": DELIVERY_LIMIT, **moved_to(self.dead)}
        dead = {"x-queue-type": "quorum", "x-max-length": DEAD_LIMIT, "x-overflow": "drop-head"}
        return {self.dead: dead, self.main: main, **later}

    async def declare(self, channel: AbstractChannel) -> None:
        for name, arguments in self.declarations().items():
            await channel.declare_queue(name, durable=True, arguments=arguments)


def moved_to(queue: str) -> dict[str, Any]:
    return {
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": queue,
        "x-dead-letter-strategy": "at-most-once",
    }


def base_of(consumer: str) -> str:
    """Return what a consumer's queues are called; those of alerts are from when there was one."""
    return QUEUE if consumer == ALERTS else f"{QUEUE}.{consumer}"
