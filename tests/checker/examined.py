"""The result of one invariant in one room."""

from dataclasses import dataclass, field


@dataclass
class Examined:
    """How many things were examined, which are wrong, and why some cannot be judged."""

    count: int = 0
    wrong: list[str] = field(default_factory=list)
    unknown: str | None = None
