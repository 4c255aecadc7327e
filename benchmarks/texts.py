"""The worst texts: what the dearest one that a person may write costs the worker, in each field that takes one."""

import contextlib
import time
from typing import Any

from benchmarks.bench import Bench
from benchmarks.result import Measure, Result, at_most
from chatflow.errors import Invalid
from chatflow.protocol.commands import AnyCommand, read_request
from tests.chat_service.people import ALICE
from tests.chat_service.rooms import PureRoom, channel
from tests.chat_service.worst_texts import WORST, payload_for, text_fields

TARGET_MILLISECONDS = 1.0
TRIES = 30


def run(bench: Bench) -> Result:
    tries = bench.count(TRIES, 5)
    measures = []
    for kind, field, length in text_fields():
        costs = {name: cost_of(kind, field, worst(length), tries=tries) for name, worst in WORST.items()}
        dearest = max(costs, key=lambda name: costs[name])
        what = f"{kind.__name__}.{field} of {length:,} characters: {dearest}"
        bench.say(f"  {what}: {costs[dearest]:.3g} ms")
        measures.append(Measure(what, "ms", [costs[dearest]]))
    dearest_of_all = max(measure.median for measure in measures)
    return Result(
        measures,
        [at_most(dearest_of_all, TARGET_MILLISECONDS, what="the worst text of any field, read and decided", unit="ms")],
    )


def cost_of(kind: type[AnyCommand], field: str, text: str, *, tries: int) -> float:
    """Return the least CPU time in milliseconds of reading a command with this text and deciding it."""
    room = channel()
    # Without an address in it, nobody looks whether it stands in code.
    payload = payload_for(kind, room, room.say(ALICE)) | {field: f"<@{text}"[: len(text)]}
    return min(once(room, kind, payload) for _ in range(tries)) * 1000


def once(room: PureRoom, kind: type[AnyCommand], payload: dict[str, Any]) -> float:
    begun = time.thread_time()
    # Refusing a text may cost no more than taking it.
    with contextlib.suppress(Invalid):
        room.consider(ALICE, read_request(kind, payload))
    return time.thread_time() - begun
