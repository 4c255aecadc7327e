"""Builds with conditions that the design has to survive: unlike under sabotage, all promises must be kept."""

import importlib
from collections.abc import Callable
from typing import Any

from chatflow.leases.port import draw

# Often enough that every lane changes sides many times within a run, and seldom enough that it gets something done.
CHANGE_SIDES_SECONDS = 0.5


def two_owners() -> None:
    """The gateway sends each lane's commands now to one worker and now to another, whoever owns the room.

    So all workers decide for all rooms at the same time, each in the belief that it is the owner.
    """
    commands: Any = importlib.import_module("gateway.commands.sender").CommandSender

    def owner_of(self: Any, lane: Any) -> Any:
        leases = sorted(self._workers.live.values(), key=lambda lease: lease.id)
        if not leases:
            return None
        period = int(self._loop.time() / CHANGE_SIDES_SECONDS)
        return leases[(period + draw(0, lane.name)[0]) % len(leases)]

    commands._owner_of = owner_of


# Name → the service that it strains, and how.
STRAINS: dict[str, tuple[str, Callable[[], None]]] = {"two-owners": ("gateway", two_owners)}
