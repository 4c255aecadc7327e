"""Runs the fan-out's load client: a crowd that listens to a contestant, and a publisher behind Redis."""

import json
from typing import Any

from benchmarks.bench import Bench
from benchmarks.build import build_program
from benchmarks.contestants import Contestant, Crowd, write_plan
from benchmarks.processes import Redis, run_program
from benchmarks.templates import SHORT_BYTES

UNIT = "deliveries/CPU-second"


def fan_out(
    bench: Bench,
    contestant: Contestant,
    crowd: Crowd,
    redis: Redis,
    *,
    mode: str = "closed",
    outstanding: float,
    message_bytes: int = SHORT_BYTES,
    seconds: float | None = None,
    stalled: int = 0,
    published_rooms: int | None = None,
) -> dict[str, Any]:
    """Connect a crowd, publish into its rooms in turn (or into the first few), and return what the client counted."""
    with bench.room("crowd") as folder:
        templates = folder / "templates.bin"
        parts = [contestant.template(room_id, message_bytes).to_bytes() for room_id in crowd.room_ids[:published_rooms]]
        templates.write_bytes(b"".join(parts))
        printed = run_program(
            build_program(bench.folder, "fanout"),
            port=contestant.port, plan=write_plan(folder, contestant, crowd),
            redis_port=redis.port, redis_password=redis.password,
            templates=templates, server_pid=contestant.pid, seconds=seconds or bench.pick(2.5, 1),
            warmup=bench.pick(0.5, 0.3), mode=mode, number=outstanding, stalled=stalled,
            **contestant.options,
        )  # fmt: skip
    found: dict[str, Any] = json.loads(printed)
    if found["gaps"] or found["lost"] or found["unfinished"] or not found["deliveries"]:
        raise RuntimeError(f"{contestant.name} did not deliver everything, in order: {printed.strip()}")
    return found


def per_cpu_second(found: dict[str, Any]) -> float:
    return float(found["deliveries"] / max(found["cpu_seconds"], 0.01))
