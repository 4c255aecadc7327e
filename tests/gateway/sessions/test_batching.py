"""Questions of a crowd share calls, and a single question is asked at once."""

import asyncio

import pytest

from chatflow.errors import ChatFlowError, Internal, TimedOut, Unavailable
from chatflow.http.service_client import UnreadableAnswer
from gateway.sessions.batching import Batcher
from tests.chatflow.conditions import until
from tests.chatflow.virtual_time import VirtualLoop


def test_a_crowd_that_comes_one_by_one_shares_few_calls() -> None:
    calls: list[list[int]] = []

    async def double(numbers: list[int]) -> list[int]:
        calls.append(numbers)
        return [2 * number for number in numbers]

    async def come_one_by_one() -> list[int]:
        batcher: Batcher[int, int] = Batcher(double, limit=100, pause=0.1)
        asked = []
        for number in range(50):
            asked.append(asyncio.create_task(batcher.submit(number)))
            await asyncio.sleep(0)
        return await asyncio.gather(*asked)

    loop = VirtualLoop()
    assert loop.run_until_complete(come_one_by_one()) == [2 * number for number in range(50)]
    assert calls == [[0], [1], list(range(2, 50))]
    # What collects for the next call sleeps a moment longer.
    loop.pass_time(1.0)
    loop.close()


async def test_who_asks_alone_and_who_fills_a_call_are_answered_at_once() -> None:
    calls: list[list[int]] = []

    async def double(numbers: list[int]) -> list[int]:
        calls.append(numbers)
        return [2 * number for number in numbers]

    batcher: Batcher[int, int] = Batcher(double, limit=10, parallel=1, pause=3600)
    async with asyncio.timeout(5):
        assert await batcher.submit(1) == 2

    crowd: Batcher[int, int] = Batcher(double, limit=10, parallel=1, pause=3600)
    async with asyncio.timeout(5):
        assert await asyncio.gather(*map(crowd.submit, range(20))) == [2 * number for number in range(20)]
    assert calls[1:] == [list(range(10)), list(range(10, 20))]


async def test_a_call_ends_with_the_last_who_waits_for_it_and_nobody_is_asked_for_who_gave_up_before() -> None:
    begun: list[list[int]] = []
    ended: list[list[int]] = []

    async def never(numbers: list[int]) -> list[int]:
        begun.append(numbers)
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(numbers)
        return numbers

    batcher: Batcher[int, int] = Batcher(never, limit=2, parallel=1)
    asked = [asyncio.create_task(batcher.submit(number)) for number in range(4)]
    await until(lambda: begun == [[0, 1]])
    asked[0].cancel()
    asked[2].cancel()
    await asyncio.wait([asked[0], asked[2]])
    assert not ended
    asked[1].cancel()
    await until(lambda: begun == [[0, 1], [3]])
    assert ended == [[0, 1]]
    asked[3].cancel()
    await until(lambda: ended == [[0, 1], [3]])


async def test_an_answer_that_meets_its_asker_giving_up_is_discarded() -> None:
    discarded: list[int] = []
    loop = asyncio.get_running_loop()

    async def double(numbers: list[int]) -> list[int]:
        # After the answers are handed over, and before anybody has taken theirs.
        loop.call_soon(lambda: loop.call_soon(late.cancel))
        return [2 * number for number in numbers]

    batcher: Batcher[int, int] = Batcher(double, limit=10, parallel=1, discard=discarded.append)
    early, patient, late = [asyncio.create_task(batcher.submit(number)) for number in range(1, 4)]
    loop.call_soon(early.cancel)
    await asyncio.wait([early, patient, late])
    assert (early.cancelled(), await patient, late.cancelled()) == (True, 4, True)
    assert discarded == [6]


@pytest.mark.parametrize(
    ("error", "stand_alone", "failing"),
    [
        (Internal(), True, [13]),
        (UnreadableAnswer(), True, [13]),
        (Internal(), False, list(range(20))),
        (Unavailable(), True, list(range(20))),
        (TimedOut(), True, list(range(20))),
    ],
)
async def test_a_question_that_cannot_be_answered_fails_alone_where_it_may_be_the_reason(
    error: ChatFlowError, stand_alone: bool, failing: list[int]
) -> None:
    outcomes: list[bool] = []

    async def double_all_but_one(numbers: list[int]) -> list[int]:
        outcomes.append(13 not in numbers)
        if 13 in numbers:
            raise error
        return [2 * number for number in numbers]

    batcher: Batcher[int, int] = Batcher(double_all_but_one, limit=20, parallel=1, stand_alone=stand_alone)
    answers = await asyncio.gather(*map(batcher.submit, range(20)), return_exceptions=True)
    assert answers == [error if number in failing else 2 * number for number in range(20)]
    # Few calls, and never so many failures in a row that a breaker would open.
    assert len(outcomes) <= 11
    assert [False, False, False] not in [outcomes[place : place + 3] for place in range(len(outcomes))]
