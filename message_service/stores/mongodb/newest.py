"""Finds the newest documents of many keys in few round trips, and never more of a key than are wanted."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pymongo.collection import Collection

from chatflow.batches import batches
from message_service.stores.mongodb.database import Document

# As many keys as one find asks for, and as many documents as one may bring.
KEYS_AT_ONCE = 100
READ_AT_ONCE = 500


class Wanted(NamedTuple):
    """Documents whose `key` is one of those asked for, above a number each; an index has both fields."""

    collection: Collection[Document]
    key: str
    number: str
    # What else they have to be, and the fields that are read.
    where: Document
    fields: Document


def newest_above(wanted: Wanted, above: Sequence[tuple[str, int]], *, each: int) -> Iterator[Document]:
    """Yield all documents above each key's number, or at least the `each` newest ones of a key that has many.

    Mostly one find brings those of many keys. Where it would bring too many, the keys are parted, and a key that has
    too many alone is read from its end.
    """
    for some in batches(list(above), KEYS_AT_ONCE):
        yield from newest_of_some(wanted, some, each=each)


def newest_of_some(wanted: Wanted, above: Sequence[tuple[str, int]], *, each: int) -> Iterator[Document]:
    if len(above) == 1:
        yield from newest_of_one(wanted, *above[0], each=each)
        return
    branches = [{wanted.key: key, wanted.number: {"$gt": n}, **wanted.where} for key, n in above]
    found = list(wanted.collection.find({"$or": branches}, wanted.fields).limit(READ_AT_ONCE))
    if len(found) < READ_AT_ONCE:
        yield from found
        return
    half = len(above) // 2
    for part in (above[:half], above[half:]):
        yield from newest_of_some(wanted, part, each=each)


def newest_of_one(wanted: Wanted, key: str, n: int, *, each: int) -> Iterator[Document]:
    one = {wanted.key: key, wanted.number: {"$gt": n}, **wanted.where}
    yield from wanted.collection.find(one, wanted.fields).sort([(wanted.number, -1)]).limit(each)
