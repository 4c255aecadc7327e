"""Decides whether one person is told of one event, by rules in a fixed order, and keeps what each of them saw."""

from collections.abc import Callable
from datetime import datetime
from typing import Literal, NamedTuple, get_args

from chatflow.protocol.objects import Notify, NotifyLevel
from notification_service.deciding.notices import Suppressed
from notification_service.deciding.preferences import Kind, Preferences
from notification_service.deciding.steps import Rule, write_step

# Why somebody is not told whom the event does not concern; of that nothing is kept.
Unconcerned = Literal["author", "not_a_member", "not_concerned"]
# What the level of a room lets through beside everything and nothing: on "mentions" one is still told of replies to
# one, of threads that one follows, of one's keywords, and of being taken in.
KEPT_BACK: dict[NotifyLevel, frozenset[Kind]] = {
    "all": frozenset(),
    "mentions": frozenset({"direct"}),
    "none": frozenset(get_args(Kind)),
}


class Facts(NamedTuple):
    """What is known of the event, the room, one person in it, and their wishes."""

    user_id: str
    actor: str
    seq: int
    # What the event is to the person; None if it is nothing.
    kind: Kind | None
    notify: Notify
    read_seq: int
    preferences: Preferences
    now: datetime
    is_blocked: bool = False
    is_member: bool = True
    # Only an @here concerns them.
    only_if_here: bool = False
    is_here: bool = True
    wants_no_disturbance: bool = False
    # A device of theirs, whichever, has the room before their eyes.
    has_focus: bool = False
    # The keyword that was found, where that is why it concerns them.
    keyword: str | None = None
    # They follow every thread, and that is why it concerns them.
    by_all_threads: bool = False


class Decision(NamedTuple):
    """Whether the person is told. `reason` is the kind of the notice if they are, else what keeps it from them.

    `steps` are the rules that had something to judge, as `deciding/steps.py` writes them: most people of a large
    room have the same.
    """

    told: bool
    reason: Kind | Suppressed | Unconcerned
    steps: str


# What a rule saw: whether it stops the notice, and a detail. None if there was nothing for it to judge.
Seen = tuple[bool, str | None] | None
PASSED: Seen = (False, None)
STOPPED: Seen = (True, None)


def muted(facts: Facts) -> Seen:
    until = facts.notify.muted_until
    if until is None:
        return PASSED
    return datetime.fromisoformat(until) > facts.now, until


def quiet(facts: Facts) -> Seen:
    hours = facts.preferences.quiet
    return None if hours is None else (hours.cover(facts.now), str(hours))


def read(facts: Facts) -> Seen:
    # A new member's read position begins at the event that took them in, though they have not seen it.
    return STOPPED if facts.read_seq >= facts.seq + (facts.kind == "invitation") else PASSED


def here(facts: Facts) -> Seen:
    if not facts.only_if_here:
        return None
    return PASSED if facts.is_here else STOPPED


def level(facts: Facts) -> Seen:
    return facts.kind in KEPT_BACK[facts.notify.level], facts.notify.level


def kind(facts: Facts) -> Seen:
    return PASSED if facts.kind is None or facts.preferences.levels.in_app.allow(facts.kind) else (True, facts.kind)


RULES: tuple[tuple[Rule, Callable[[Facts], Seen], Suppressed | Unconcerned], ...] = (
    ("author", lambda facts: STOPPED if facts.user_id == facts.actor else PASSED, "author"),
    ("blocked", lambda facts: STOPPED if facts.is_blocked else PASSED, "blocked"),
    ("member", lambda facts: PASSED if facts.is_member else STOPPED, "not_a_member"),
    ("muted", muted, "room_muted"),
    ("concern", lambda facts: (facts.kind is None, facts.kind), "not_concerned"),
    ("keyword", lambda facts: None if facts.keyword is None else (False, facts.keyword), "not_concerned"),
    ("all_threads", lambda facts: PASSED if facts.by_all_threads else None, "not_concerned"),
    ("level", level, "room_level"),
    ("here", here, "away"),
    ("kind", kind, "kind_off"),
    ("status", lambda facts: STOPPED if facts.wants_no_disturbance else PASSED, "dnd"),
    ("quiet", quiet, "quiet"),
    ("read", read, "read"),
    ("looking", lambda facts: STOPPED if facts.has_focus else PASSED, "looking"),
)


def decide(facts: Facts) -> Decision:
    """Return whether this person is told. The first rule that stops the notice is the reason, and the last step."""
    lines: list[str] = []
    for rule, judge, reason in RULES:
        seen = judge(facts)
        if seen is None:
            continue
        if seen is PASSED:
            lines.append(rule)
            continue
        stopped, detail = seen
        lines.append(write_step(rule, stopped=stopped, detail=detail))
        if stopped:
            return Decision(False, reason, "\n".join(lines))
    assert facts.kind is not None  # noqa: S101 - the rule of concern stopped whoever has none
    return Decision(True, facts.kind, "\n".join(lines))
