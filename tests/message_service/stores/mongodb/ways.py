"""By which index a server finds what a command asks for, by the rules that MongoDB's planner keeps.

An index serves a filter by its first fields: some that are equal to something, and then one that lies in a range. It
serves an order, too, if its next fields are those of the order. A sparse index never serves what may be absent.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any, NamedTuple

Keys = Sequence[tuple[str, int]]
RANGES = {"$gt", "$gte", "$lt", "$lte", "$exists"}


class Index(NamedTuple):
    name: str
    keys: Keys
    is_sparse: bool


class Way(NamedTuple):
    """An index, the part of the filter that it serves, and whether it serves the order."""

    by: Index
    part: dict[str, Any]
    is_ordered: bool


def indexes_of(information: Mapping[str, Any]) -> list[Index]:
    return [Index(name, index["key"], bool(index.get("sparse"))) for name, index in information.items()]


def ways_of(wanted: Mapping[str, Any], order: Keys, indexes: Sequence[Index]) -> list[Way]:
    """Return the way of each branch of the filter; none at all if one of them has to be looked for everywhere."""
    common, branches = parts_of(wanted)
    found = [best_way(common | branch, order, indexes) for branch in [{}, *branches]]
    alone, apart = found[0], found[1:]
    if alone is not None and (alone.is_ordered or not apart):
        return [alone]
    ways = [way for way in apart if way is not None]
    return ways if ways and len(ways) == len(apart) else [alone] if alone is not None else []


def parts_of(wanted: Mapping[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return what always holds, and the branches of which one holds."""
    common: dict[str, Any] = {}
    branches: list[dict[str, Any]] = []
    for name, value in wanted.items():
        if name == "$and":
            for one in value:
                more, apart = parts_of(one)
                common |= more
                branches = branches or apart
        elif name == "$or":
            branches = [dict(branch) for branch in value]
        else:
            common[name] = value
    return common, branches


def best_way(wanted: dict[str, Any], order: Keys, indexes: Sequence[Index]) -> Way | None:
    ways = [way for index in indexes if (way := way_by(index, wanted, order)) is not None]
    return max(ways, key=lambda way: (way.is_ordered, len(way.part)), default=None)


def way_by(index: Index, wanted: dict[str, Any], order: Keys) -> Way | None:
    part = dict(served_by(index, wanted))
    return Way(index, part, serves_order(index, part, order)) if part else None


def served_by(index: Index, wanted: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, _ in index.keys:
        value = wanted.get(name)
        if name not in wanted or (index.is_sparse and may_be_absent(value)) or not (is_equal(value) or in_range(value)):
            return
        yield name, value
        if in_range(value):
            return


def is_equal(value: Any) -> bool:
    return not isinstance(value, dict) or value.keys() == {"$in"}


def in_range(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() <= RANGES


def may_be_absent(value: Any) -> bool:
    return value is None or (isinstance(value, dict) and None in value.get("$in", ()))


def serves_order(index: Index, part: dict[str, Any], order: Keys) -> bool:
    """Tell whether what comes along the index comes in this order, forwards or backwards."""
    fixed = {name for name, value in part.items() if not isinstance(value, dict) or len(value.get("$in", "..")) == 1}
    along = [(name, way) for name, way in index.keys if name not in fixed]
    asked = [(name, way) for name, way in order if name not in fixed]
    pairs = list(zip_longest(asked, along))[: len(asked)]
    return all(place and place[0] == name for (name, _), place in pairs) and (
        len({way * place[1] for (_, way), place in pairs}) <= 1
    )
