"""A slow store gets only as much as it can write: what is accepted is stored in time, and the rest is refused."""

from collections import Counter

from chat_service.commit.pace import LEAST_SECONDS, STEPS_AT_FIRST, STEPS_AT_LEAST, STEPS_AT_MOST, Pace
from chat_service.worker import Worker
from tests.chat_service.edges import Gateway, answer_of
from tests.chat_service.fake_store import FakeStore
from tests.chat_service.people import ALICE, saying
from tests.chat_service.talk import found_room
from tests.chatflow.conditions import until

ROOMS = 20
# At 50 a second many times of what can be stored within their time.
SENDS_TO_EACH = 30


async def test_too_much_for_a_slow_store_is_partly_stored_and_partly_refused_and_nothing_is_left_open(
    worker: Worker, gateway: Gateway, store: FakeStore
) -> None:
    rooms = [await found_room(gateway) for _ in range(ROOMS)]
    store.seconds_per_step = 0.02
    sends = [
        gateway.command(ALICE, room_id, saying(room_id, str(number)), seconds=4.0)
        for number in range(SENDS_TO_EACH)
        for room_id in rooms
    ]
    gateway.send(*sends)
    await until(lambda: all((send.lane, send.number) in gateway.replies for send in sends), within_seconds=10.0)
    outcomes = Counter(answer_of(gateway.replies[send.lane, send.number]).get("code") for send in sends)

    assert outcomes.keys() == {None, "unavailable"}
    # It has time for 200, less the one append that showed how slow it is.
    assert outcomes[None] > 60


async def test_a_quick_store_soon_gets_as_much_as_there_is(worker: Worker, gateway: Gateway, store: FakeStore) -> None:
    room_id = await found_room(gateway)
    await gateway.ask(*(gateway.command(ALICE, room_id, saying(room_id, str(number))) for number in range(900)))

    sizes = [len(run.steps) for append in store.appends for run in append.runs if run.room_id == room_id]
    assert sizes[1:4] == [STEPS_AT_FIRST, 2 * STEPS_AT_FIRST, 4 * STEPS_AT_FIRST]


def test_an_append_that_was_slow_halves_the_next_and_quick_ones_double_it_again() -> None:
    pace = Pace()
    pace.note(STEPS_AT_FIRST, 1.0)
    assert pace.steps == STEPS_AT_FIRST // 2
    for _ in range(10):
        pace.note(pace.steps, 1.0)
    assert pace.steps == STEPS_AT_LEAST
    for _ in range(10):
        pace.note(pace.steps, 0.01)
    assert pace.steps == STEPS_AT_MOST


def test_what_has_less_time_left_than_two_appends_take_is_not_tried() -> None:
    pace = Pace()
    assert pace.least_seconds == LEAST_SECONDS
    pace.note(1, 0.6)
    assert pace.least_seconds == 1.2


def test_few_may_wait_for_a_slow_store_and_many_for_a_quick_one() -> None:
    pace = Pace()
    pace.note(40, 0.4)
    slow = pace.waiting_at_most
    pace.note(40, 0.01)
    assert slow < 1_000 < pace.waiting_at_most
