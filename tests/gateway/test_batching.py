"""Questions of a crowd share calls, and whoever asks alone does not wait for company."""

import asyncio

from gateway.batching import Batcher


async def test_a_crowd_that_comes_one_by_one_shares_few_calls() -> None:
    calls: list[list[int]] = []

    async def double(numbers: list[int]) -> list[int]:
        calls.append(numbers)
        return [2 * number for number in numbers]

    batcher: Batcher[int, int] = Batcher(double, limit=100, pause=0.1)
    asked = []
    for number in range(50):
        asked.append(asyncio.create_task(batcher.ask(number)))
        await asyncio.sleep(0)

    assert await asyncio.gather(*asked) == [2 * number for number in range(50)]
    assert calls[:2] == [[0], [1]]
    assert len(calls) <= 4


async def test_who_asks_alone_and_who_fills_a_call_are_answered_at_once() -> None:
    calls: list[list[int]] = []

    async def double(numbers: list[int]) -> list[int]:
        calls.append(numbers)
        return [2 * number for number in numbers]

    batcher: Batcher[int, int] = Batcher(double, limit=10, parallel=1, pause=3600)
    async with asyncio.timeout(5):
        assert await batcher.ask(1) == 2

    crowd: Batcher[int, int] = Batcher(double, limit=10, parallel=1, pause=3600)
    async with asyncio.timeout(5):
        assert await asyncio.gather(*map(crowd.ask, range(20))) == [2 * number for number in range(20)]
    assert calls[1:] == [list(range(10)), list(range(10, 20))]
