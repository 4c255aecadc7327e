"""The steps of a decision, as they are kept with a notice: one line for each rule that looked, the last one decided."""

from typing import Literal, get_args

import msgspec

Rule = Literal[
    "author",
    "blocked",
    "member",
    "muted",
    "concern",
    "keyword",
    "all_threads",
    "level",
    "here",
    "kind",
    "status",
    "quiet",
    "read",
    "looking",
]
RULES: tuple[Rule, ...] = get_args(Rule)
STOPPED = "!"


class Step(msgspec.Struct, frozen=True, omit_defaults=True):
    """A rule that looked. It `stopped` the notice or let it pass; `detail` is what it saw, as a level or a time."""

    rule: Rule
    stopped: bool = False
    detail: str | None = None


def write_step(rule: Rule, *, stopped: bool, detail: str | None) -> str:
    """Return a step as its line: the rule, `!` if it stopped the notice, and the detail behind a space."""
    return f"{rule}{STOPPED if stopped else ''}{'' if detail is None else f' {detail}'}"


def read_steps(text: str) -> list[Step]:
    """Return the steps; a rule that only a newer version knows is left out."""
    return [step for step in map(read_step, text.split("\n")) if step.rule in RULES]


def read_step(line: str) -> Step:
    name, _, detail = line.partition(" ")
    rule: Rule = name.removesuffix(STOPPED)  # type: ignore[assignment]  # `read_steps` looks
    return Step(rule, stopped=name.endswith(STOPPED), detail=detail or None)
