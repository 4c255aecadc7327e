"""Two versions of ChatFlow work side by side while one replaces the other: each reads what the other writes."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import inspect

from chatflow.jobs.rabbitmq_queues import QUEUE
from tests.contracts import wire_samples

RECORDED = Path(__file__).with_name("wire_recorded.json")
# Written by the version before (see conftest.py). Whoever raises it records anew:
# git worktree add ../before COMMIT && PYTHONPATH=../before python tests/contracts/wire_samples.py write
# Structs that the two versions do not read from each other, each with the reason why no two processes ever meet in it.
APART: dict[str, str] = {
    # What a gateway is told of people. One of the version before does not ask with `with_status`, and is told of none.
    "chatflow.protocol.objects:User": "a status is an object",
    # The first value of a run's outcome. An older worker meets it only where somebody adds people past the bound, and
    # takes the answer for one that it does not know: it asks again until the command's deadline.
    "chatflow.wire.log:RunResult": "stopped by `added`",
    "chatflow.wire.log:AppendAnswer": "stopped by `added`",
}
# Structs that were renamed since, as they are called now.
RENAMED = {
    "chatflow.wire.log:InviteFacts": "chatflow.wire.log:InviteState",
    "chatflow.wire.log:MemberFacts": "chatflow.wire.log:MemberState",
    "chatflow.wire.log:MessageFacts": "chatflow.wire.log:MessageState",
    "chatflow.wire.outbox:AlertFacts": "chatflow.wire.outbox:AlertDetails",
    "chatflow.wire.outbox:AlertFactsAnswer": "chatflow.wire.outbox:AlertDetailsAnswer",
    "chatflow.wire.outbox:AlertFactsAsk": "chatflow.wire.outbox:AlertDetailsRequest",
    "chatflow.wire.outbox:OwedAsk": "chatflow.wire.outbox:OwedRequest",
    "chatflow.wire.personal:PersonalAsk": "chatflow.wire.personal:PersonalRequest",
    "chatflow.wire.reads:ConnectAsk": "chatflow.wire.reads:ConnectRequest",
    "chatflow.wire.reads:EventsAsk": "chatflow.wire.reads:EventsRequest",
    "chatflow.wire.reads:ReadAsk": "chatflow.wire.reads:ReadRequest",
    "chatflow.wire.reads:RowsAsk": "chatflow.wire.reads:RowsRequest",
    "chatflow.wire.reads:VersionsAsk": "chatflow.wire.reads:VersionsRequest",
    "chatflow.wire.recent:RecentAsk": "chatflow.wire.recent:RecentRequest",
    "chatflow.wire.retention:TrimsAsk": "chatflow.wire.retention:TrimsRequest",
}
# What people send is read strictly elsewhere; what stands here goes between processes, or is kept.
STRUCTS = wire_samples.structs()


@pytest.mark.parametrize("name", STRUCTS)
def test_a_newer_version_may_say_more(name: str) -> None:
    kind = STRUCTS[name]
    assert not kind.__struct_config__.forbid_unknown_fields
    for written in wire_samples.written(kind):
        plain: Any = msgspec.msgpack.decode(written)
        full = len(plain) == len(msgspec.msgpack.decode(wire_samples.written(kind)[0]))
        more = [*plain, *([{"later": 1}] * full)] if isinstance(plain, list) else plain | {"later": {"more": [1]}}

        assert msgspec.msgpack.decode(msgspec.msgpack.encode(more), type=kind) == msgspec.msgpack.decode(
            written, type=kind
        )


def test_what_the_version_before_wrote_is_read() -> None:
    written = json.loads(RECORDED.read_bytes())
    recorded = {RENAMED.get(name, name): samples for name, samples in written.items()}

    assert RENAMED.keys() <= written.keys()
    assert set(RENAMED.values()) <= STRUCTS.keys()
    assert {name: why for name, why in wire_samples.read(recorded).items() if name not in APART} == {}


def test_the_version_before_reads_what_this_one_writes(before: Path) -> None:
    told = subprocess.run(
        [sys.executable, wire_samples.__file__, "read"],
        input=json.dumps(written_by_old_names()),
        env={"PYTHONPATH": str(before)},
        cwd=before,
        capture_output=True,
        text=True,
        check=True,
    )

    assert {name: why for name, why in json.loads(told.stdout).items() if name not in APART} == {}


def written_by_old_names() -> dict[str, list[str]]:
    before = {now: name for name, now in RENAMED.items()}
    return {before.get(name, name): samples for name, samples in wire_samples.write().items()}


def test_every_struct_is_sampled_whole() -> None:
    """Every sample has every field: one that is left out would not be tested."""
    for kind in STRUCTS.values():
        info = inspect.type_info(kind)
        assert isinstance(info, inspect.StructType)
        extra = 1 if info.array_like and info.tag is not None else 0
        assert len(wire_samples.fields_of(info, full=True)) - extra >= len(info.fields)


def test_both_versions_mean_the_same_queue_of_jobs(before: Path) -> None:
    assert f'QUEUE = "{QUEUE}"\n' in (before / "chatflow" / "jobs_rabbitmq.py").read_text()
