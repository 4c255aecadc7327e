"""The worst texts: what the dearest one that a person may write costs the worker, in each field that takes one."""

import contextlib
import time
import unicodedata
from typing import Any

from benchmarks.bench import Bench
from benchmarks.result import Measure, Result, at_most
from chatflow.errors import Invalid
from chatflow.protocol.commands import AnyCommand, read_request
from tests.chat_service.people import ALICE
from tests.chat_service.rooms import PureRoom, channel
from tests.chat_service.worst_texts import WORST, addressing, payload_for, text_fields

# Beside what `unicodedata` takes to normalise the same text, which nothing here can shorten: some 5 ms for 8,000 signs
# that each become three. A word of 8,000 letters of a rare script has each asked for its class, which takes 1.2 ms
# on a busy machine; everything else stays below 1 ms.
TARGET_MILLISECONDS = 1.5
TRIES = 30


def run(bench: Bench) -> Result:
    tries = bench.count(TRIES, 5)
    measures, most_of_all = [], 0.0
    for kind, field, length in text_fields():
        texts = {name: addressing(worst(length), length=length) for name, worst in WORST.items()}
        costs = {name: cost_of(kind, field, text, tries=tries) for name, text in texts.items()}
        own = {name: costs[name] - cost_of_normal_form(text, tries=tries) for name, text in texts.items()}
        for name in dict.fromkeys([dearest(costs), dearest(own)]):
            what = f"{kind.__name__}.{field} of {length:,} characters: {name}"
            bench.say(f"  {what}: {costs[name]:.3g} ms, of them {own[name]:.3g} ms beside its normal form")
            measures += [
                Measure(what, "ms", [costs[name]]),
                Measure(f"{what}, beside its normal form", "ms", [own[name]]),
            ]
        most_of_all = max(most_of_all, *own.values())
    what = "the worst text of any field, read and decided, beside its normal form"
    return Result(measures, [at_most(most_of_all, TARGET_MILLISECONDS, what=what, unit="ms")])


def dearest(costs: dict[str, float]) -> str:
    return max(costs, key=lambda name: costs[name])


def cost_of_normal_form(text: str, *, tries: int) -> float:
    def normalise() -> float:
        begun = time.thread_time()
        unicodedata.normalize("NFC", text)
        return time.thread_time() - begun

    return min(normalise() for _ in range(tries)) * 1000


def cost_of(kind: type[AnyCommand], field: str, text: str, *, tries: int) -> float:
    """Return the least CPU time in milliseconds of reading a command with this text and deciding it."""
    room = channel()
    payload = payload_for(kind, room, room.say(ALICE)) | {field: text}
    return min(once(room, kind, payload) for _ in range(tries)) * 1000


def once(room: PureRoom, kind: type[AnyCommand], payload: dict[str, Any]) -> float:
    begun = time.thread_time()
    # Refusing a text may cost no more than taking it.
    with contextlib.suppress(Invalid):
        room.consider(ALICE, read_request(kind, payload))
    return time.thread_time() - begun
