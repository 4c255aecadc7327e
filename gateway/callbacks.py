"""Whoever wants to be told of something that happens: known to the one who tells it before they are made themselves."""

from collections.abc import Callable
from typing import Generic, ParamSpec

Told = ParamSpec("Told")


class Callbacks(Generic[Told]):
    """To be called like one function; each of those added is called with the same, in the order of their adding."""

    def __init__(self) -> None:
        self._added: list[Callable[Told, object]] = []

    def add(self, *callbacks: Callable[Told, object]) -> None:
        self._added.extend(callbacks)

    def __call__(self, *args: Told.args, **kwargs: Told.kwargs) -> None:
        for callback in self._added:
            callback(*args, **kwargs)
