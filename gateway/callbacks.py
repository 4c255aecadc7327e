"""A list of callbacks that can be passed to a part before the listeners exist, and gets them later."""

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
