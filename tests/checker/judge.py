"""The judge: checks one room after the other by every invariant, so that only one room is in memory at a time."""

import sys
from collections.abc import Callable
from pathlib import Path

from tests.checker.content import ack_agreement, no_duplicate, no_lost_ack, no_phantom
from tests.checker.examined import Examined
from tests.checker.faults import Timeline, bounded_invisibility, liveness, percentile, read_faults, too_quiet
from tests.checker.history import read_room, read_run, room_ids
from tests.checker.membership import members_only, read_your_writes
from tests.checker.order import no_gap, real_time, sender_order, strict_order
from tests.checker.recovery import recoveries
from tests.checker.room import RoomHistory, load_room
from tests.checker.state import alerts_arrive, state_is_fold, time_goes_on
from tests.checker.verdict import Finding, Verdict, Violation

ROOM_INVARIANTS: dict[str, Callable[[RoomHistory], Examined]] = {
    "C1": no_lost_ack,
    "C2": no_duplicate,
    "C3": strict_order,
    "C4": no_gap,
    "C5": no_phantom,
    "C6": ack_agreement,
    "C7": real_time,
    "C8": sender_order,
    "C9": read_your_writes,
    "C10": members_only,
    "C12": state_is_fold,
    "C13": alerts_arrive,
    "C15": time_goes_on,
}


def judge(folder: Path) -> Verdict:
    """Read a history and say which promises it keeps."""
    faults = read_faults(read_run(folder))
    timeline = Timeline()
    findings = {name: Finding(name, promise_of(invariant)) for name, invariant in ROOM_INVARIANTS.items()}
    for room_id in room_ids(folder):
        room = load_room(room_id, read_room(folder, room_id))
        timeline.take(room, faults=faults)
        for name, invariant in ROOM_INVARIANTS.items():
            note(findings[name], room_id, invariant(room))
    for name, promise, examined in (
        ("C11", promise_of(bounded_invisibility), bounded_invisibility(timeline)),
        ("C14", promise_of(liveness), liveness(timeline, faults)),
    ):
        findings[name] = Finding(name, promise)
        note(findings[name], "any", examined)
    quiet = too_quiet(timeline, faults)
    for finding in findings.values():
        finding.unknown_because += quiet
    return Verdict(
        findings,
        messages_acked=len(timeline.acked_at),
        faults=len(faults),
        recoveries=list(recoveries(timeline, faults)),
        seen_p99_seconds=percentile(timeline.acked_to_seen, share=0.99) if timeline.acked_to_seen else 0.0,
    )


def note(finding: Finding, room_id: str, examined: Examined) -> None:
    finding.examined += examined.count
    for what in examined.wrong:
        finding.add(Violation(finding.invariant, room_id, what))
    if examined.unknown is not None and len(finding.unknown_because) < 3:
        finding.unknown_because.append(f"room {room_id}: {examined.unknown}")


def promise_of(invariant: Callable[..., Examined]) -> str:
    """Return the sentence of an invariant: its docstring without the number."""
    return (invariant.__doc__ or "").partition(": ")[2].strip()


if __name__ == "__main__":
    verdict = judge(Path(sys.argv[1]))
    sys.stdout.write(f"{verdict}\n")
    sys.exit(bool(verdict.violated))
