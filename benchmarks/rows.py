"""All rows of the report, in its order."""

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks import chain
from benchmarks.bench import Bench
from benchmarks.result import Result


@dataclass(frozen=True)
class Row:
    name: str
    title: str
    run: Callable[[Bench], Result]


ROWS = (Row("chain", "Whole chain: send, authorise, durable commit, ack, delivered to the room", chain.run),)
