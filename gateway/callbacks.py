"""A list of callbacks, so that a part can be given its listeners before these are made."""

from collections.abc import Callable
from typing import Generic, ParamSpec

Told = ParamSpec("Told")


class Callbacks(Generic[Told]):
    """Called like one function, it calls every added callback with the same arguments, in the order of adding."""

    def __init__(self) -> None:
        self._added: list[Callable[Told, object]] = []

    def add(self, *callbacks: Callable[Told, object]) -> None:
        self._added.extend(callbacks)

    def __call__(self, *args: Told.args, **kwargs: Told.kwargs) -> None:
        for callback in self._added:
            callback(*args, **kwargs)
