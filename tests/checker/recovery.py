"""How long each fault delayed messages: until the last of them was acked."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from tests.checker.faults import Fault, Timeline


class Recovery(NamedTuple):
    """From when the fault began, and from when what was broken stood again; 0 where nobody felt it."""

    fault: str
    from_begin_seconds: float
    from_healing_seconds: float


def recoveries(timeline: Timeline, faults: Iterable[Fault]) -> Iterator[Recovery]:
    """Yield how each fault was felt by what was sent while it lasted, or waited for its ack when it began."""
    for fault in faults:
        felt = [
            acked_at
            for sent_at, acked_at in timeline.delayed
            if sent_at <= fault.healed_at and acked_at >= fault.began_at
        ]
        end = max(felt, default=fault.began_at)
        yield Recovery(fault.name, end - fault.began_at, max(0.0, end - fault.healed_at))


@dataclass(frozen=True)
class Row:
    """All faults of one kind."""

    fault: str
    from_begin: list[float]
    from_healing: list[float]

    def __str__(self) -> str:
        return f"{self.fault:<44}{len(self.from_begin):>5}  {spread(self.from_begin)}  {spread(self.from_healing)}"


HEADING = (
    f"{'fault (seconds until the last delayed ack)':<44}{'times':>5}  "
    f"{'from its begin: p50/p99/max':<28}after healing: p50/p99/max"
)


def table(all_of_them: Iterable[Recovery]) -> str:
    """Return a line for each kind of fault."""
    kinds: dict[str, list[Recovery]] = defaultdict(list)
    for recovery in all_of_them:
        kinds[recovery.fault.partition(" #")[0]].append(recovery)
    rows = [
        Row(kind, sorted(r.from_begin_seconds for r in some), sorted(r.from_healing_seconds for r in some))
        for kind, some in kinds.items()
    ]
    return "\n".join([HEADING, *map(str, rows)])


def spread(ordered: list[float]) -> str:
    p50, p99 = (ordered[min(len(ordered) - 1, int(share * len(ordered)))] for share in (0.5, 0.99))
    return f"{p50:6.2f} /{p99:6.2f} /{ordered[-1]:6.2f}  "
