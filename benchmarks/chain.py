"""The whole chain: send, authorise, commit durably, ack, deliver to the room; by many senders over real sockets.

50 senders, each on one socket, 20 rooms with 5 of them each. The closed loop finds the ceiling, the open loop the
latency at a given rate, counted from when a message was due rather than from when it was sent.
"""

import argparse
import asyncio
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.people import found_rooms, sign_up
from benchmarks.stack import Stack, open_stack

HERE = Path(__file__).parent
SENDERS = 50
ROOMS = 20
SOCKETS_PER_ROOM = 5
WARMUP_SECONDS = 2.0


def measure_chain(
    folder: Path, *, seconds: float, outstanding: int, rates: list[int], workers: int = 1
) -> dict[str, Any]:
    """Return the closed loop's ceiling and the open loops' latencies, each with the CPU that every process spent."""
    client = build_load_client(folder)
    with open_stack(folder / "data", workers=workers) as stack:
        plan = write_plan(folder, stack)
        closed = run_load(client, plan, stack, seconds=seconds, mode="closed", number=outstanding)
        opens = [run_load(client, plan, stack, seconds=seconds, mode="open", number=rate) for rate in rates]
        resident = stack.resident_megabytes()
    return {"closed": closed, "open": opens, "resident_megabytes": resident, "workers": workers}


def build_load_client(folder: Path) -> Path:
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        raise SystemExit("error: the load client needs a C compiler; install gcc or clang")
    binary = folder / "load_client"
    subprocess.run([compiler, "-O2", "-o", str(binary), str(HERE / "load_client.c")], check=True)
    return binary


def write_plan(folder: Path, stack: Stack) -> Path:
    base_url = f"http://127.0.0.1:{stack.port}"

    async def prepare() -> dict[str, list[str]]:
        people = await sign_up(base_url, SENDERS, password=secrets.token_urlsafe(24))
        return await found_rooms(base_url, people, rooms=ROOMS, sockets_per_room=SOCKETS_PER_ROOM)

    plan = folder / "plan.txt"
    lines = [" ".join([access, *rooms]) for access, rooms in asyncio.run(prepare()).items()]
    plan.write_text("\n".join(lines) + "\n")
    plan.chmod(0o600)
    return plan


def run_load(client: Path, plan: Path, stack: Stack, *, seconds: float, mode: str, number: int) -> dict[str, Any]:
    before = stack.cpu_seconds()
    done = subprocess.run(
        [client, "127.0.0.1", str(stack.port), plan, str(seconds), str(WARMUP_SECONDS), mode, str(number)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise SystemExit(f"error: the load client failed: {done.stderr.strip()}")
    result: dict[str, Any] = json.loads(done.stdout)
    after = stack.cpu_seconds()
    messages = max(1, int(result["sent"]))
    result["cpu_us_per_message"] = {name: round((after[name] - before[name]) * 1e6 / messages, 1) for name in after}
    return {"mode": mode, "number": number, **result}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--outstanding", type=int, default=20)
    parser.add_argument("--rates", type=int, nargs="*", default=[5000])
    parser.add_argument("--workers", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="chatflow-bench-") as folder:
        result = measure_chain(
            Path(folder),
            seconds=arguments.seconds,
            outstanding=arguments.outstanding,
            rates=arguments.rates,
            workers=arguments.workers,
        )
    json.dump({**result, "cores": os.cpu_count()}, sys.stdout, indent=2)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
