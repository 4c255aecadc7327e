"""What the checker says: for each invariant whether it holds, is violated, or cannot be known, with the evidence."""

from dataclasses import dataclass, field
from enum import StrEnum

from tests.checker.recovery import Recovery

# Enough to understand a fault; a broken build may violate an invariant a million times.
EVIDENCE_AT_MOST = 20


class Status(StrEnum):
    HOLDS = "holds"
    VIOLATED = "violated"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Violation:
    """One thing that must not have happened, told so that a person can look it up in the history."""

    invariant: str
    room_id: str
    what: str

    def __str__(self) -> str:
        return f"{self.invariant} room {self.room_id}: {self.what}"


@dataclass
class Finding:
    """One invariant over the whole history."""

    invariant: str
    promise: str
    examined: int = 0
    violations: int = 0
    evidence: list[Violation] = field(default_factory=list)
    unknown_because: list[str] = field(default_factory=list)

    def add(self, violation: Violation) -> None:
        self.violations += 1
        if len(self.evidence) < EVIDENCE_AT_MOST:
            self.evidence.append(violation)

    @property
    def status(self) -> Status:
        if self.violations:
            return Status.VIOLATED
        if self.unknown_because or not self.examined:
            return Status.UNKNOWN
        return Status.HOLDS

    def __str__(self) -> str:
        lines = [f"{self.invariant:<4}{self.status:<9}{self.promise} ({self.examined} examined)"]
        lines += [f"      {violation}" for violation in self.evidence]
        lines += [f"      and {self.violations - len(self.evidence)} more"] * (self.violations > len(self.evidence))
        lines += [f"      unknown: {reason}" for reason in self.unknown_because]
        return "\n".join(lines)


@dataclass(frozen=True)
class Verdict:
    """All findings; `status_of("C1")` asks for one."""

    findings: dict[str, Finding]
    messages_acked: int
    faults: int
    recoveries: list[Recovery]
    # From the ack until somebody who was connected saw it.
    seen_p99_seconds: float

    @property
    def is_clean(self) -> bool:
        """Everything was examined and held: what is unknown is no pass."""
        return not self.violated and not self.unknown

    def status_of(self, invariant: str) -> Status:
        return self.findings[invariant].status

    @property
    def violated(self) -> set[str]:
        return {name for name, finding in self.findings.items() if finding.status is Status.VIOLATED}

    @property
    def unknown(self) -> set[str]:
        return {name for name, finding in self.findings.items() if finding.status is Status.UNKNOWN}

    def __str__(self) -> str:
        head = (
            f"{self.messages_acked} messages acked, {self.faults} faults, "
            f"seen {self.seen_p99_seconds * 1000:.0f} ms after the ack at p99"
        )
        return "\n".join([head, *map(str, self.findings.values())])
