"""What a row of the report holds: measures with their repetitions, claims against targets, curves to plot, notes."""

import statistics
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Measure:
    """One figure, as often as it was taken."""

    what: str
    unit: str
    values: list[float]

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def spread(self) -> float:
        """How far apart the repetitions are, as a share of the median."""
        return (max(self.values) - min(self.values)) / self.median if self.median else 0.0


@dataclass(frozen=True)
class Claim:
    """A target and what was reached; `is_met` None: there was nothing to compare with, or it is only reported."""

    target: str
    reached: str
    is_met: bool | None


@dataclass(frozen=True)
class Curve:
    """Lines over one quantity; the plot's file is named after the row and this name."""

    name: str
    title: str
    x: str
    y: str
    # label → points
    lines: dict[str, list[tuple[float, float]]]


@dataclass(frozen=True)
class Result:
    measures: list[Measure] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    curves: list[Curve] = field(default_factory=list)
    # What could not be measured here, or must be known to read the figures.
    notes: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, found: dict[str, Any]) -> "Result":
        return cls(
            measures=[Measure(**each) for each in found["measures"]],
            claims=[Claim(**each) for each in found["claims"]],
            curves=[Curve(**each | {"lines": points_of(each["lines"])}) for each in found["curves"]],
            notes=found["notes"],
        )


def points_of(lines: dict[str, list[list[float]]]) -> dict[str, list[tuple[float, float]]]:
    return {label: [(x, y) for x, y in line] for label, line in lines.items()}


def at_least(ratio: float, target: float, *, of: str) -> Claim:
    return Claim(target=f"≥ {target:g}× {of}", reached=f"{ratio:.2f}×", is_met=ratio >= target)


def at_most(value: float, target: float, *, what: str, unit: str) -> Claim:
    return Claim(target=f"{what} ≤ {target:g} {unit}", reached=f"{value:.4g} {unit}", is_met=value <= target)


def not_compared(target: str, why: str) -> Claim:
    return Claim(target=target, reached=why, is_met=None)
