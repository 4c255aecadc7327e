"""What an append with names costs on MongoDB, and what becomes of a name whose room was overtaken."""

from typing import Any

import pytest

from chatflow.ids import new_id
from chatflow.wire.log import RunResult
from message_service.stores.mongodb.append import Appending
from message_service.stores.mongodb.store import MongodbStore
from tests.contracts.message_store_log import RoomLog, in_time
from tests.message_service.stores.mongodb.commands import heard_of


def founding(store: MongodbStore, name: str) -> tuple[RoomLog, Any]:
    room = RoomLog(store, owner=new_id())
    return room, room.run(room.creation(name=name))


def append(store: MongodbStore, *runs: Any) -> list[RunResult]:
    return store.append(runs, deadline=in_time(), unique_names=True)


def test_a_name_goes_to_the_next_if_the_room_that_was_to_get_it_was_overtaken(
    store: MongodbStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    overtaken, run = founding(store, "quay")
    append(store, run)
    beaten = overtaken.run(overtaken.update(name="harbour"))
    room, second = founding(store, "harbour")
    plan, others = Appending._plan_surely, iter([RoomLog(store, owner=overtaken.owner, room_id=overtaken.room_id)])

    def plan_and_be_overtaken(self: Appending, *asked: Any, **more: Any) -> Any:
        planned = plan(self, *asked, **more)
        for other in others:
            other.head = 1
            other.say(other.owner, "first")
        return planned

    monkeypatch.setattr(Appending, "_plan_surely", plan_and_be_overtaken)
    first, then = append(store, beaten, second)

    assert (first.stopped_by, first.applied) == ("head", 0)
    assert (then.stopped_by, then.holder) == (None, None)
    assert room.loaded().head == 1


def test_each_name_that_is_taken_costs_as_much_and_the_rooms_beside_them_are_read_once(
    store: MongodbStore, database_url: str
) -> None:
    append(store, founding(store, "harbour")[1])

    def cost(taken: int, beside: int) -> tuple[int, int]:
        """Return how many commands an append says, and how many rooms it asks for."""
        free = [founding(store, new_id()) for _ in range(beside)]
        runs = [founding(store, "harbour")[1] for _ in range(taken)]
        with heard_of(database_url) as heard:
            results = append(store, *(run for _, run in free), *runs)
        assert [result.stopped_by for result in results] == [None] * beside + ["name"] * taken
        ids = [command.body["filter"].get("_id") for command in heard if command[:2] == ("find", "rooms")]
        return len(heard), sum(len(found["$in"]) for found in ids if isinstance(found, dict))

    few, many = cost(2, 10), cost(4, 10)
    more = cost(6, 10)
    crowded = cost(2, 20)

    assert more[0] - many[0] == many[0] - few[0]
    # Each room beside them is read once, and looks for its own name once.
    assert crowded[1] - few[1] == 10


def test_a_name_is_found_taken_where_an_older_program_left_another_look(store: MongodbStore) -> None:
    room, run = founding(store, "general")
    append(store, run)
    # Such a program writes a room's name, and knows nothing of looks.
    store._db.rooms.update_one({"_id": room.room_id}, {"$set": {"look_key": "another"}})

    [alike] = append(store, founding(store, "genera1")[1])

    assert (alike.stopped_by, alike.holder) == ("name", room.room_id)
