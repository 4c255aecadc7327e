"""The whole chain: send, authorise, commit durably, ack, deliver to the room; by many senders over real sockets.

50 senders, each on one socket, 20 rooms with 5 of them each. The closed loop finds the ceiling, the open loop the
latency at a given rate, counted from when a message was due rather than from when it was sent.
"""

import asyncio
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.bench import Bench
from benchmarks.build import build_library, build_program
from benchmarks.people import found_rooms, sign_up
from benchmarks.processes import run_program
from benchmarks.result import Claim, Measure, Result, at_most
from benchmarks.stack import Stack, open_stack

SENDERS = 50
ROOMS = 20
SOCKETS_PER_ROOM = 5
WARMUP_SECONDS = 2.0
# What each sender has unanswered in the closed loop.
OUTSTANDING = 20
TARGET_PER_SECOND = 10_000
PACED_PER_SECOND = TARGET_PER_SECOND // 2


@dataclass(frozen=True)
class Chain:
    """A running stack, and a load client that knows its people."""

    stack: Stack
    client: Path
    plan: Path

    def closed(self, *, seconds: float, outstanding: int = OUTSTANDING) -> dict[str, Any]:
        return self._load(seconds, "closed", outstanding)

    def paced(self, *, seconds: float, rate: int) -> dict[str, Any]:
        return self._load(seconds, "open", rate)

    def _load(self, seconds: float, mode: str, number: int) -> dict[str, Any]:
        before = self.stack.cpu_seconds()
        result = run_client(self.client, self.stack.port, self.plan, seconds, mode, number)
        after = self.stack.cpu_seconds()
        messages = max(1, int(result["sent"]))
        result["cpu_us_per_message"] = {name: (after[name] - before[name]) * 1e6 / messages for name in after}
        return result


def run(bench: Bench) -> Result:
    seconds = bench.pick(10, 2)
    measures: list[Measure] = []
    with open_chain(bench, "chain") as chain:
        ceiling = bench.repeat("acked, closed loop", "messages/s", lambda: acked(chain, seconds))
        paced = [chain.paced(seconds=seconds, rate=PACED_PER_SECOND) for _ in range(bench.count(3, 1))]
        resident = sum(chain.stack.resident_megabytes().values())
    p99 = Measure(f"ack p99 at {PACED_PER_SECOND:,}/s", "ms", [each["ack_us"]["p99"] / 1000 for each in paced])
    measures += [ceiling, p99]
    measures.append(Measure("ack p50 at the same", "ms", [each["ack_us"]["p50"] / 1000 for each in paced]))
    measures.append(Measure("delivered p99 at the same", "ms", [each["delivery_us"]["p99"] / 1000 for each in paced]))
    for name in ("gateway", "chat_service", "message_service", "valkey"):
        values = [each["cpu_us_per_message"][name] for each in paced]
        measures.append(Measure(f"CPU of {name} at the same", "µs/message", values))
    measures.append(Measure("resident memory of all processes after it", "MB", [resident]))
    bench.say("  once more, with a disk that answers at once")
    with open_chain(bench, "chain-no-sync", LD_PRELOAD=str(build_library(bench.folder, "no_sync"))) as chain:
        measures.append(bench.repeat("acked without fsync", "messages/s", lambda: acked(chain, seconds)))
    reached = f"{ceiling.median:,.0f} messages/s"
    return Result(
        measures=measures,
        claims=[
            Claim(f"≥ {TARGET_PER_SECOND:,} messages/s", reached, is_met=ceiling.median >= TARGET_PER_SECOND),
            at_most(p99.median, 50, what=f"p99 ack at {PACED_PER_SECOND:,}/s", unit="ms"),
        ],
    )


@contextmanager
def open_chain(bench: Bench, name: str, **environment: str) -> Iterator[Chain]:
    client = build_program(bench.folder, "chain_client")
    with bench.room(name) as folder, open_stack(folder / "data", **environment) as stack:
        yield Chain(stack, client, write_plan(folder, stack))


def write_plan(folder: Path, stack: Stack) -> Path:
    base_url = f"http://127.0.0.1:{stack.port}"

    async def prepare() -> dict[str, list[str]]:
        people = await sign_up(base_url, SENDERS, password=secrets.token_urlsafe(24))
        return await found_rooms(base_url, people, rooms=ROOMS, sockets_per_room=SOCKETS_PER_ROOM)

    plan = folder / "plan.txt"
    plan.touch(mode=0o600)
    plan.write_text("".join(f"{' '.join([access, *rooms])}\n" for access, rooms in asyncio.run(prepare()).items()))
    return plan


def acked(chain: Chain, seconds: float) -> float:
    return float(chain.closed(seconds=seconds)["acked_per_second"])


def run_client(client: Path, port: int, plan: Path, seconds: float, mode: str, number: int) -> dict[str, Any]:
    """Run the load client; a message that failed or a gap in what was delivered ends the measurement."""
    printed = run_program(
        client, processor=None, port=port, plan=plan, seconds=seconds, warmup=WARMUP_SECONDS, mode=mode, number=number
    )
    result: dict[str, Any] = json.loads(printed)
    if result["failed"] or result["gaps"] or result["lost_sockets"]:
        raise RuntimeError(f"the chain did not hold: {printed.strip()}")
    return result
