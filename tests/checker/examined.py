"""What one invariant found in one room."""

from dataclasses import dataclass, field


@dataclass
class Examined:
    """How many things were looked at, what is wrong with them, and why nothing can be said, if so."""

    count: int = 0
    wrong: list[str] = field(default_factory=list)
    unknown: str | None = None
