"""An immutable mapping whose changed versions cost no copy: all versions share one dict.

The version read last has the dict; each other version has only the one item in which it differs from a neighbour, one
step nearer to the dict. A chain of changes costs as much as changing a dict, and going back to an older version as much
as the changes in between; nothing else costs anything.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Generic, TypeVar, overload

Value = TypeVar("Value")
Other = TypeVar("Other")

ABSENT: Any = object()


class SharedMap(Mapping[str, Value], Generic[Value]):
    __slots__ = ("_difference", "_items", "_neighbour")

    def __init__(self, items: Iterable[tuple[str, Value]] = ()) -> None:
        self._items: dict[str, Value] | None = dict(items)
        # While another version has the dict: the item that differs, and the neighbour that is nearer to the dict.
        self._difference: tuple[str, Value] = ("", ABSENT)
        self._neighbour: SharedMap[Value] = self

    def with_item(self, key: str, value: Value) -> "SharedMap[Value]":
        return self._changed(key, value)

    def without(self, key: str) -> "SharedMap[Value]":
        return self._changed(key, ABSENT)

    @overload
    def get(self, key: str, /) -> Value | None: ...
    @overload
    def get(self, key: str, /, default: Value | Other) -> Value | Other: ...
    def get(self, key: str, /, default: Value | Other | None = None) -> Value | Other | None:
        return self._dict().get(key, default)

    def __getitem__(self, key: str) -> Value:
        return self._dict()[key]

    def __contains__(self, key: object) -> bool:
        return key in self._dict()

    def __iter__(self) -> Iterator[str]:
        return iter(self._dict())

    def __len__(self) -> int:
        return len(self._dict())

    def has_any_of(self, keys: frozenset[str]) -> bool:
        """Tell whether one of these keys is in the map, by going through the fewer of the two."""
        return not self._dict().keys().isdisjoint(keys)

    def __repr__(self) -> str:
        return f"SharedMap({self._dict()!r})"

    def _changed(self, key: str, value: Value) -> "SharedMap[Value]":
        changed: SharedMap[Value] = SharedMap()
        self._hand_over(self._dict(), changed, key, value)
        return changed

    def _dict(self) -> dict[str, Value]:
        """Return the dict as it is in this version, which keeps it from now on."""
        if self._items is None:
            away: list[SharedMap[Value]] = [self]
            while away[-1]._items is None:
                away.append(away[-1]._neighbour)
            current = away.pop()
            while away:
                nearer = away.pop()
                assert current._items is not None  # noqa: S101 - the loops end and begin there
                current._hand_over(current._items, nearer, *nearer._difference)
                current = nearer
        assert self._items is not None  # noqa: S101 - it was handed over
        return self._items

    def _hand_over(self, items: dict[str, Value], other: "SharedMap[Value]", key: str, value: Value) -> None:
        """Let another version have the dict, in which it has this value under the key."""
        self._items, self._difference, self._neighbour = None, (key, items.get(key, ABSENT)), other
        if value is ABSENT:
            items.pop(key, None)
        else:
            items[key] = value
        # The version that has the dict refers to no other, so versions that nobody else uses are freed.
        other._items, other._difference, other._neighbour = items, ("", ABSENT), other
