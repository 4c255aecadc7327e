"""Lists whose items come from processes of other versions: an unreadable item does not cost the others."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

import msgspec

from chatflow.errors import UNREADABLE

Item = TypeVar("Item")


class ListReader(Generic[Item]):
    """Reads a msgpack list of one kind of item. `on_unreadable` gets each item that is not of this kind, undecoded."""

    def __init__(self, kind: Any) -> None:
        self._decode_all: Callable[[bytes], list[Item]] = msgspec.msgpack.Decoder(list[kind]).decode
        self._decode_one: Callable[[msgspec.Raw], Item] = msgspec.msgpack.Decoder(kind).decode

    def read(self, payload: bytes, *, on_unreadable: Callable[[msgspec.Raw], Item | None]) -> list[Item]:
        """Return the items in their order; raises one of `UNREADABLE` if the payload is no list at all."""
        try:
            return self._decode_all(payload)
        except UNREADABLE:
            raw_items = split(payload)
        items = [self._read_one(raw, on_unreadable) for raw in raw_items]
        return [item for item in items if item is not None]

    def _read_one(self, raw: msgspec.Raw, on_unreadable: Callable[[msgspec.Raw], Item | None]) -> Item | None:
        try:
            return self._decode_one(raw)
        except UNREADABLE:
            return on_unreadable(raw)


split = msgspec.msgpack.Decoder(list[msgspec.Raw]).decode
