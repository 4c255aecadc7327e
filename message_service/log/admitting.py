"""What a new entry is asked before it is written: may its room have its name, and may it bring people in?"""

from collections.abc import Callable

from chatflow.wire.log import Entry
from message_service.log.additions import Additions
from message_service.log.names import Names
from message_service.log.planning import Refusal


def admitting(additions: Additions, names: Names | None) -> Callable[[Entry], Refusal | None]:
    """Return what `plan_run` asks; without `names` any room may have any name."""

    def admit(entry: Entry) -> Refusal | None:
        holder = None if names is None else names.holder_against(entry)
        if holder is not None:
            return Refusal("name", holder=holder)
        if seconds := additions.admit(entry):
            return Refusal("added", retry_after=seconds)
        if names is not None:
            names.take(entry)
        return None

    return admit
