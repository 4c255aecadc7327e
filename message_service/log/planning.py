"""Decides which steps of a run apply, as a pure function of what the log contains; both stores use it alone."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from chatflow.errors import Invalid
from chatflow.wire.log import Check, Entry, Run

# (actor, op)
Op = tuple[str, str]


class Refusal(NamedTuple):
    """Why an entry may not be written: it would bring people in too soon, or take the name of another room."""

    by: Literal["added", "name"]
    # The seconds until an entry that would bring people in may be tried again.
    retry_after: float | None = None
    # The room that has the name.
    holder: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The first `applied` steps apply once `fresh` is written, and `head` is then the room's head."""

    applied: int
    fresh: list[Entry]
    head: int
    stopped_by: Literal["head", "op", "added", "name"] | None = None
    # The known op that stopped the run.
    op: Op | None = None
    refusal: Refusal | None = None


def plan_run(
    run: Run,
    *,
    head: int,
    stored: Mapping[int, str],
    known: Collection[Op],
    admit: Callable[[Entry], Refusal | None] = lambda _: None,
) -> Plan:
    """Go through the steps, from `expected_head` on.

    `stored` has the ids of the events that the log has at the run's numbers; `known` has those of the run's ops that
    are in the log. An entry applies if it is stored at its number already, or if that number is the next free one and
    its op is unknown. A check applies at the head, or right before an entry of its own run that is stored already: what
    was true at that place when the entry was written stays true of it. `admit` is asked last about a new entry, and
    answers why it may not be written, if it may not.
    """
    position = run.expected_head
    fresh: list[Entry] = []
    # Ops of the entries that this run itself writes.
    ours: set[Op] = set()

    def stop(by: Literal["head", "op", "added", "name"], op: Op | None = None, refusal: Refusal | None = None) -> Plan:
        return Plan(applied=index, fresh=fresh, head=head + len(fresh), stopped_by=by, op=op, refusal=refusal)

    for index, step in enumerate(run.steps):
        entry = step.entry
        if entry is None:
            check = step.check or refuse_empty_step()
            if position != head + len(fresh) and not is_stored(next_entry(run, index), position + 1, stored):
                return stop("head")
            if (op := (check.actor, check.op)) in known or op in ours:
                return stop("op", op)
            continue
        if entry.event.seq != position + 1:
            raise Invalid(f"A run's entries follow on its head: {entry.event.seq} does not follow {position}.")
        if not is_stored(entry, position + 1, stored):
            if position != head + len(fresh):
                return stop("head")
            if (op := (entry.event.actor, entry.op)) in known or op in ours:
                return stop("op", op)
            if (refusal := admit(entry)) is not None:
                return stop(refusal.by, refusal=refusal)
            fresh.append(entry)
            ours.add(op)
        position += 1
    return Plan(applied=len(run.steps), fresh=fresh, head=head + len(fresh))


def is_stored(entry: Entry | None, seq: int, stored: Mapping[int, str]) -> bool:
    return entry is not None and stored.get(seq) == entry.id


def next_entry(run: Run, index: int) -> Entry | None:
    return next((step.entry for step in run.steps[index + 1 :] if step.entry is not None), None)


def refuse_empty_step() -> Check:
    raise Invalid("A step is an entry or a check.")


def ops_of(run: Run) -> list[Op]:
    """Return the ops to look up before the run can be planned."""
    ops: list[Op] = []
    for step in run.steps:
        if step.entry is not None:
            ops.append((step.entry.event.actor, step.entry.op))
        elif step.check is not None:
            ops.append((step.check.actor, step.check.op))
    return ops
