"""All rows of the report, in its order."""

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks import acks, chain, client, curves, fanout, history, idle, paced, stalled, start, storm, texts
from benchmarks.bench import Bench
from benchmarks.result import Result


@dataclass(frozen=True)
class Row:
    name: str
    title: str
    run: Callable[[Bench], Result]


ROWS = (
    Row("fanout", "Fan-out through Redis, saturated", fanout.run_saturated),
    Row("unbatched", "Fan-out through Redis, one message at a time", fanout.run_unbatched),
    Row("curves", "What a delivery costs as things grow", curves.run),
    Row("acks", "Event with ack, no storage", acks.run),
    Row("chain", "Whole chain: send, authorise, durable commit, ack, delivered to the room", chain.run),
    Row("paced", "A room of 1,000 members, 5 messages a second", paced.run),
    Row("idle", "Idle connections", idle.run),
    Row("stalled", "A stalled reader", stalled.run),
    Row("storm", "Reconnect storm", storm.run),
    Row("history", "History", history.run),
    Row("texts", "The worst texts of people", texts.run),
    Row("client", "The browser client", client.run),
    Row("start", "Starting the whole system", start.run),
)
